import Genome
import Host
import Store
import Wire

/// Ancestors in a graph of many layers, each made from two others, beside the same search through
/// numbers that are in memory already: what is left is the database's part.
struct LineageBench {
    /// Edges unless asked otherwise.
    static let edgesDefault = 100_000
    private static let runs = 5

    let edges: Int

    /// A graph: each layer was made from two of the fifty before it, by a fixed rule, so that the
    /// last one descends from nearly all.
    private var pairs: (sources: [Int32], targets: [Int32]) {
        var state: UInt64 = 1
        var pairs: (sources: [Int32], targets: [Int32]) = ([], [])
        var seen: Set<UInt64> = []
        var node = 1
        while pairs.sources.count < edges {
            for _ in 0..<2 where pairs.sources.count < edges {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let back = Int(state >> 33) % min(node, 50) + 1
                let other = node - back
                guard seen.insert(UInt64(node) << 32 | UInt64(other)).inserted else { continue }
                pairs.sources.append(Int32(node))
                pairs.targets.append(Int32(other))
            }
            node += 1
        }
        return pairs
    }

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let pairs = pairs
        let last = Int(pairs.sources.last ?? 0)
        let folder = try BenchFolder(megabytes: 1, report)
        report.note("making a graph of \(pairs.sources.count) edges")
        let service = try Access.service("\(folder.path)/home")
        let ids = (0...last).map { Blake3.hash(Array("bench layer \($0)".utf8)) }
        let own = service.keys.node.publicKey
        try inStore { () throws(StoreError) in
            try service.library.index.putForBench(
                zip(pairs.sources, pairs.targets).map { (ids[Int($0)], ids[Int($1)]) }, by: own)
        }
        var found = 0
        func time(_ body: () throws(Failure) -> Int) throws(Failure) -> Double {
            var times: [Double] = []
            for _ in 0..<Self.runs {
                times.append(try BenchCommand.seconds { () throws(Failure) in found = try body() })
            }
            return BenchCommand.median(times) * 1_000
        }
        let index = service.library.index
        func family(
            _ node: Int, _ direction: LineageDirection, _ depth: Int
        ) throws(Failure) -> Int {
            try inStore { () throws(StoreError) in
                try index.family(of: ids[node], direction, depth: depth, own: own).layers.count
            }
        }
        let memory = try time { () throws(Failure) in
            LineageReach(
                from: last, sources: pairs.sources, targets: pairs.targets, count: last + 1,
                isUp: true
            ).nodes.count
        }
        let against = "breadth first in memory, \(Decimals.text(memory, 2)) ms"
        var rows: [BenchRow] = []
        for (name, node, direction, depth) in [
            ("all ancestors", last, LineageDirection.up, Int.max),
            ("all descendants", 0, .down, Int.max),
            ("ancestors of the 500th layer", min(500, last), .up, Int.max),
            ("ancestors in three steps", last, .up, 3),
        ] {
            let figure = try time { () throws(Failure) in try family(node, direction, depth) }
            rows.append(
                BenchRow(
                    name: "\(name) (\(found - 1) layers, \(pairs.sources.count) edges)",
                    figure: figure, unit: "ms", against: against, ratio: figure / memory))
        }
        let whole = try time { () throws(Failure) in
            try inStore { () throws(StoreError) in
                try index.lineage(
                    of: ids[min(500, last)], [.up], depth: .max, own: own
                ).edges.count
            }
        }
        rows.append(
            BenchRow(
                name: "lineage of the 500th layer with every edge (\(found) edges)", figure: whole,
                unit: "ms", against: against, ratio: whole / memory))
        return rows
    }
}
