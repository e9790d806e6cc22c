import Testing

@testable import Host

@Suite("A team")
struct TeamTests {
    /// Counts per chunk that several threads write, each its own.
    private final class Marks: @unchecked Sendable {
        let counts: UnsafeMutablePointer<Int>
        let count: Int

        init(_ count: Int) {
            self.count = count
            counts = .allocate(capacity: count)
            counts.initialize(repeating: 0, count: count)
        }

        var all: [Int] { Array(UnsafeBufferPointer(start: counts, count: count)) }

        deinit { counts.deallocate() }
    }

    @Test("does every chunk once, on lanes that exist", arguments: 1...8)
    func once(_ lanes: Int) throws {
        let team = try Team(lanes: lanes)
        #expect(team.lanes == lanes)
        for chunks in [0, 1, 2, 7, 64, 1_001] {
            let marks = Marks(max(chunks, 1))
            let wrong = Marks(lanes)
            team.run(chunks) { lane, chunk in
                marks.counts[chunk] += 1
                if !(0..<lanes).contains(lane) { wrong.counts[0] += 1 }
            }
            #expect(marks.all.prefix(chunks).allSatisfy { $0 == 1 }, "\(chunks) chunks")
            #expect(wrong.all.allSatisfy { $0 == 0 })
        }
    }

    @Test("sums what its chunks compute", arguments: [1, 2, 3, 8])
    func sums(_ lanes: Int) throws {
        let team = try Team(lanes: lanes)
        let sums = Marks(500)
        team.run(500) { _, chunk in
            for number in chunk * 100..<(chunk + 1) * 100 { sums.counts[chunk] += number }
        }
        #expect(sums.all.reduce(0, +) == 50_000 * 49_999 / 2)
    }

    @Test("keeps phases apart, however short", arguments: [2, 5])
    func phases(_ lanes: Int) throws {
        let team = try Team(lanes: lanes)
        let cells = Marks(8)
        // Each phase reads what the one before wrote in other cells: a chunk that ran late or
        // twice would leave another sum.
        for phase in 0..<20_000 {
            team.run(4) { _, chunk in
                let (from, to) = phase % 2 == 0 ? (0, 4) : (4, 0)
                cells.counts[to + chunk] = cells.counts[from + (chunk + 1) % 4] + 1
            }
        }
        #expect(cells.all.prefix(4).allSatisfy { $0 == 20_000 })
    }

    @Test func `lanes by default are those of the machine, up to the limit`() {
        #expect((1...Team.lanesMax).contains(Team.lanesDefault))
        #expect(Team.lanesDefault <= Machine.coreCount)
    }
}
