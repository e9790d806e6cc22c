import Genome
import Swarm
import Testing
import Wire

@testable import Node

@Suite struct TransfersTests {
    private let layer = Digest(words: (1, 2, 3, 4))

    private func status(_ received: UInt64, _ phase: FetchStatus.Phase) -> FetchStatus {
        FetchStatus(phase: phase, size: 1000, received: received, reused: 100, sources: [])
    }

    @Test func `a fetch is listed until it is over, with what it says of itself`() throws {
        let transfers = Transfers()
        transfers.note(2, layer, status(10, .transferring))
        transfers.note(1, layer, status(0, .locating))
        #expect(transfers.all.map(\.number) == [1, 2])
        let row = transfers.all[1].json(name: "x")
        #expect(row["done"]?.integer == 110 && row["total"]?.integer == 1000)
        #expect(row["ref"]?.string == "x" && row["priority"]?.string == "normal")
        #expect(transfers.all[0].rate == nil && transfers.all[0].secondsLeft == nil)
        for phase in [FetchStatus.Phase.done, .cancelled] {
            transfers.note(2, layer, status(10, phase))
            #expect(transfers.all.map(\.number) == [1])
        }
    }

    @Test func `rate and time left follow what came lately`() throws {
        var entry = Transfers.Entry(
            number: 1, layer: layer, status: status(500, .transferring), begun: 0)
        entry.marks = [(time: 0, bytes: 0), (time: UInt64.max / 2, bytes: 500)]
        // Far in the future: five hundred bytes in ages, so hardly any a second.
        #expect(entry.rate == 0 && entry.secondsLeft == nil)
        entry.marks = [
            (time: UInt64.max / 2, bytes: 0), (time: UInt64.max / 2 + 1_000_000_000, bytes: 5),
        ]
        #expect(entry.rate == 500 && entry.secondsLeft == 1)
    }
}
