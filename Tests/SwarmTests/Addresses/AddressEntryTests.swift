import Testing
import Wire

@testable import Swarm

@Suite struct AddressEntryTests {
    private let day: UInt32 = 86_400
    private let now: UInt32 = 1_790_000_000

    private func entry(
        heard: UInt32, answered: UInt32 = 0, dialled: UInt32 = 0, failures: UInt8 = 0
    ) -> AddressEntry {
        var entry = AddressEntry(
            key: AddressSample.key(1), endpoints: [AddressSample.endpoint([9, 9, 9, 9])],
            place: 5, heard: heard)
        (entry.answered, entry.dialled, entry.failures) = (answered, dialled, failures)
        return entry
    }

    @Test func `keeps addresses of both versions, four at most`() {
        let endpoints = (0..<6).map { number in
            AddressSample.endpoint(
                [UInt8](repeating: UInt8(30 + number), count: number % 2 == 0 ? 4 : 16))
        }
        let entry = AddressEntry(
            key: AddressSample.key(1), endpoints: endpoints, place: 16_383, heard: 1)
        #expect(entry.endpoints == Array(endpoints.prefix(PeerAddress.endpointsMax)))
        #expect(entry.place == 16_383)
    }

    @Test func `loses its place after failures, silence, or when nobody speaks of it`() {
        #expect(!entry(heard: now).isTerrible(at: now))
        #expect(!entry(heard: now, failures: 2).isTerrible(at: now))
        #expect(entry(heard: now, failures: 3).isTerrible(at: now))
        #expect(entry(heard: now - 31 * day).isTerrible(at: now))
        #expect(!entry(heard: now - 31 * day, answered: now - day).isTerrible(at: now))
        let long = entry(heard: now, answered: now - 8 * day, failures: 10)
        #expect(long.isTerrible(at: now))
        #expect(!entry(heard: now, answered: now - 6 * day, failures: 99).isTerrible(at: now))
        #expect(!entry(heard: now, answered: now - 8 * day, failures: 9).isTerrible(at: now))
    }

    @Test func `is safe while it is dialled, and under a clock that was set back`() {
        #expect(!entry(heard: now, dialled: now - 30, failures: 9).isTerrible(at: now))
        #expect(entry(heard: now, dialled: now - 90, failures: 9).isTerrible(at: now))
        #expect(!entry(heard: now + 90 * day).isTerrible(at: now))
    }

    @Test func `is chosen less after each failure, and hardly just after a dial`() {
        let chances = (UInt8(0)..<20).map { entry(heard: now, failures: $0).chance(at: now) }
        #expect(chances[0] == 1000 && chances[8] == chances[19])
        #expect(zip(chances, chances.dropFirst()).prefix(8).allSatisfy { $0 > $1 })
        #expect(entry(heard: now, dialled: now - 60).chance(at: now) == 10)
        #expect(entry(heard: now, dialled: now - 60, failures: 20).chance(at: now) == 1)
        #expect(entry(heard: now, dialled: now - 601).chance(at: now) == 1000)
    }
}
