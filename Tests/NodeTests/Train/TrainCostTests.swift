import Host
import Testing

@testable import Node

@Suite("What a job took")
struct TrainCostTests {
    @Test("adds up over its sessions, and is nothing where nothing is written")
    func sums() throws {
        let laboratory = try Laboratory()
        let (folder, _) = try JobFolder.make(home: laboratory.path, name: "a")
        #expect(TrainCost(folder) == TrainCost())
        let first = TrainCost().adding(since: Clock.monotonic() - 2_000_000_000)
        #expect(first.wallSeconds >= 2 && first.peakMemory > 0 && first.processorSeconds > 0)
        try folder.write(first.bytes, to: folder.cost)
        #expect(TrainCost(folder) == first)
        let second = TrainCost(folder).adding(since: Clock.monotonic() - 3_000_000_000)
        #expect(second.wallSeconds >= 5)
        try folder.write(Array("?".utf8), to: folder.cost)
        #expect(TrainCost(folder) == TrainCost())
    }
}
