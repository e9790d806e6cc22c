import Swarm
import Testing

@testable import Node

@Suite("What an owner gives to relay")
struct RelayOfferTests {
    @Test func `on, off and limits are read`() throws {
        #expect(try RelayOffer.read("off") == nil)
        #expect(try RelayOffer.read("on") == RelayOffer())
        let offer = try #require(try RelayOffer.read("circuits=4,rate=1M,day=10G"))
        #expect(offer.circuits == 4 && offer.bytesPerSecond == 1 << 20)
        #expect(offer.bytesPerDay == 10 << 30)
        #expect(try RelayOffer.read("rate=16K")?.circuits == RelayOffer().circuits)
        #expect(try RelayOffer.read(offer.text) == offer)
    }

    @Test(arguments: [
        "", "yes", "circuits=0", "circuits=513", "circuits", "rate=1K", "rate=9G", "rate=fast",
        "day=0", "on,rate=1M", "hops=3",
    ])
    func `what makes no sense is refused with what would do`(_ text: String) {
        #expect(throws: Failure.self) { try RelayOffer.read(text) }
    }

    @Test func `is remembered until the owner says otherwise`() throws {
        let fixture = try HomeFixture()
        let library = fixture.service.library
        #expect(try library.relayOffer() == nil)
        #expect(try library.relayOffer(setting: "rate=3M")?.bytesPerSecond == 3 << 20)
        #expect(try library.relayOffer()?.bytesPerSecond == 3 << 20)
        #expect(try library.relayOffer(setting: "off") == nil)
        #expect(try library.relayOffer() == nil)
    }
}
