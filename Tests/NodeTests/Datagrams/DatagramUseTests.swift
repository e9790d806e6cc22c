import Host
import Testing

@testable import Node

@Suite("Whether datagrams are used")
struct DatagramUseTests {
    private func use(_ text: String, isWanted: Bool) throws -> DatagramUse {
        DatagramUse.open(
            isWanted: isWanted, bound: try #require(Address(text)), network: .standard)
    }

    @Test func `is the owner's to say`() throws {
        let off = try use("127.0.0.1:0", isWanted: false)
        #expect(off.lane == nil && off.why?.contains("--no-udp") == true)
        #expect(off.words.contains("all goes over TCP"))
        let on = try use("127.0.0.1:0", isWanted: true)
        #expect(on.why == nil)
        #expect(on.words.contains("UDP \(try #require(on.lane).port), --no-udp stops them"))
    }

    @Test func `an address of nobody here is told of and stops nothing`() throws {
        let failed = try use("192.0.2.7:5000", isWanted: true)
        #expect(failed.lane == nil && failed.why?.contains("192.0.2.7") == true)
        #expect(failed.words.contains("all goes over TCP"))
    }
}
