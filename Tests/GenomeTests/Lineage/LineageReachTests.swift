import Genome
import Testing
import Wire

@Suite("Who is reached in a graph")
struct LineageReachTests {
    /// Fewest steps between all pairs, by trying all ways through all nodes (Floyd 1962).
    private func distances(_ count: Int, _ edges: [(Int, Int)]) -> [[Int]] {
        let far = 1_000_000
        var table = [[Int]](repeating: [Int](repeating: far, count: count), count: count)
        for node in 0..<count { table[node][node] = 0 }
        for (from, to) in edges where from != to { table[from][to] = 1 }
        for middle in 0..<count {
            for from in 0..<count {
                for to in 0..<count {
                    let way = table[from][middle] + table[middle][to]
                    if way < table[from][to] { table[from][to] = way }
                }
            }
        }
        return table.map { $0.map { $0 >= far ? -1 : $0 } }
    }

    @Test func `is what trying all ways finds, in twenty graphs with circles`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let count = Int.random(in: 1...24, using: &random)
            let edges = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                (
                    Int.random(in: 0..<count, using: &random),
                    Int.random(in: 0..<count, using: &random)
                )
            }
            let table = distances(count, edges)
            for start in 0..<count {
                for isUp in [true, false] {
                    let reach = LineageReach(
                        from: start, sources: edges.map { Int32($0.0) },
                        targets: edges.map { Int32($0.1) }, count: count, isUp: isUp)
                    let expected = (0..<count).filter { node in
                        (isUp ? table[start][node] : table[node][start]) >= 0
                    }
                    #expect(reach.nodes.sorted() == expected, "\(edges)")
                    for (node, depth) in zip(reach.nodes, reach.depths) {
                        #expect(depth == (isUp ? table[start][node] : table[node][start]))
                    }
                    #expect(reach.nodes.first == start && !reach.isCut)
                }
            }
        }
    }

    @Test func `ends at the depth and the number asked for`() {
        let (sources, targets): ([Int32], [Int32]) = ([0, 1, 2, 0], [1, 2, 3, 3])
        func reach(depth: Int = .max, limit: Int = .max) -> LineageReach {
            LineageReach(
                from: 0, sources: sources, targets: targets, count: 4, isUp: true, depth: depth,
                limit: limit)
        }
        #expect(reach().nodes == [0, 1, 3, 2] && reach().depths == [0, 1, 1, 2])
        #expect(reach(depth: 1).nodes == [0, 1, 3] && reach(depth: 0).nodes == [0])
        #expect(reach(limit: 2).nodes == [0, 1] && reach(limit: 2).isCut)
        #expect(!reach(limit: 4).isCut)
    }
}
