import Testing
import Wire

@testable import Swarm

@Suite struct OwnAddressTests {
    private let own = Driver.address(1, [80, 1, 1])
    private let other = Driver.address(1, [81, 1, 1])

    /// What observers of these networks see.
    private func sightings(_ groups: [UInt8], _ seen: Endpoint) -> [OwnAddress.Sighting] {
        groups.map { .init(observer: Driver.address(9, [$0, 1, 1]), seen: seen) }
    }

    @Test func `three parts of the network and most of them are believed, fewer are not`() {
        var address = OwnAddress()
        #expect(address.look(sightings([11, 12], own)) == false)
        #expect(address.four == nil)
        #expect(address.look(sightings([11, 12, 13], own)) == true)
        #expect(address.hosts == [own.bytes])
        #expect(address.look(sightings([11, 12, 13], own)) == false, "nothing new")
    }

    @Test func `many observers of one part have one voice`() {
        var address = OwnAddress()
        let crowd = (0..<50).map { last in
            OwnAddress.Sighting(observer: Driver.address(UInt8(last), [11, 1, 1]), seen: other)
        }
        #expect(address.look(crowd + sightings([12], other)) == false)
        #expect(address.look(crowd + sightings([12, 13, 14], own)) == true)
        #expect(address.four == own.bytes)
    }

    @Test func `a half is no majority, and a changed address takes the place of the old one`() {
        var address = OwnAddress()
        #expect(address.look(sightings([11, 12, 13], own)) == true)
        let torn = sightings([11, 12, 13], own) + sightings([14, 15, 16], other)
        #expect(address.look(torn) == false)
        #expect(address.four == own.bytes)
        #expect(address.look(sightings([11], own) + sightings([14, 15, 16], other)) == true)
        #expect(address.four == other.bytes)
        #expect(address.look([]) == false)
        #expect(address.four == other.bytes, "silence changes nothing")
    }

    @Test func `near observers and near addresses do not count`() throws {
        var address = OwnAddress()
        let near = [UInt8](1...5).map { last in
            OwnAddress.Sighting(observer: Driver.address(last, [10, last, 1]), seen: own)
        }
        #expect(address.look(near) == false)
        #expect(address.look(sightings([11, 12, 13], Driver.address(1, [192, 168, 1]))) == false)
        let six = try #require(
            Endpoint(bytes: [0x26, 0] + [UInt8](repeating: 1, count: 14), port: 4747))
        #expect(address.look(sightings([11, 12, 13], six)) == true)
        #expect(address.six == six.bytes && address.four == nil)
    }
}
