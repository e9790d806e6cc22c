import Genome
import Testing

@testable import Store

@Suite("What a memory gives")
struct MemoryDatabaseRecallTests {
    /// Random vectors in a memory, the same for the same seed.
    private struct World {
        var vectors: [[Float]] = []
        let memory: MemoryDatabase
        private var state: UInt64

        init(_ count: Int, width: Int, seed: UInt64) throws {
            state = seed
            memory = try MemoryDatabase(nil, MemoryLimits())
            for _ in 0..<count { vectors.append(draw(width)) }
            let records = vectors.enumerated().map { index, vector in
                MemoryRecord(
                    text: "\(index)", importance: Double(index % 7) / 10, time: Int64(index % 13),
                    vector: vector)
            }
            try memory.fill(records, time: 0)
        }

        mutating func draw(_ width: Int) -> [Float] {
            (0..<width).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 23)
            }
        }
    }

    /// The definition in the plainest words.
    private func plain(_ left: [Float], _ right: [Float]) -> Double {
        let (a, b) = (left.map { Double($0) }, right.map { Double($0) })
        let product = zip(a, b).map { $0 * $1 }.reduce(0, +)
        let lengths = [a, b].map { $0.map { $0 * $0 }.reduce(0, +).squareRoot() }
        return product / (lengths[0] * lengths[1])
    }

    @Test("by likeness is what comparing all gives", arguments: [1, 2, 3])
    func likest(_ seed: UInt64) throws {
        var world = try World(200, width: 24, seed: seed)
        for _ in 0..<10 {
            let question = world.draw(24)
            let expected = world.vectors.indices.sorted {
                let (one, two) = (
                    plain(question, world.vectors[$0]), plain(question, world.vectors[$1])
                )
                return one != two ? one > two : $0 < $1
            }
            let found = try world.memory.likest(to: question, 12)
            #expect(found.map(\.text) == expected.prefix(12).map { "\($0)" })
            for entry in found {
                let vector = world.vectors[try #require(Int(entry.text))]
                #expect(abs(try #require(entry.likeness) - plain(question, vector)) < 1e-12)
            }
        }
    }

    @Test func `of equal likeness the first read comes first, and other widths never`() throws {
        let memory = try MemoryDatabase(nil, MemoryLimits())
        try memory.fill(
            [
                MemoryRecord(text: "far", vector: [0, 1]), MemoryRecord(text: "a", vector: [1, 0]),
                MemoryRecord(text: "b", vector: [2, 0]),
                MemoryRecord(text: "wide", vector: [1, 0, 0]),
                MemoryRecord(text: "none"),
            ], time: 0)
        #expect(try memory.likest(to: [3, 0], 9).map(\.text) == ["a", "b", "far"])
        #expect(try memory.likest(to: [3, 0], 1).map(\.text) == ["a"])
        #expect(try memory.likest(to: [0, 0], 9).isEmpty)
        #expect(try memory.likest(to: [3, 0], 9).first?.likeness == 1)
    }

    @Test func `by time and by importance is sorted so`() throws {
        let world = try World(60, width: 2, seed: 4)
        let order = world.vectors.indices
        let newest = order.sorted { ($0 % 13, $0) > ($1 % 13, $1) }.map { "\($0)" }
        #expect(try world.memory.newest(60).map(\.text) == newest)
        let weighty = order.sorted { ($0 % 7, $0 % 13, $0) > ($1 % 7, $1 % 13, $1) }
        #expect(try world.memory.weightiest(9).map(\.text) == weighty.prefix(9).map { "\($0)" })
        #expect(try world.memory.newest(0).isEmpty)
    }
}
