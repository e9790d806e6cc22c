import Host
import Testing

@testable import Learn

@Suite struct LinearBackwardTests {
    @Test func `a module with a pair passes gradients on as PyTorch's does`() throws {
        let team = try Team(lanes: 2)
        for one in try OperatorParityTests.cases(["linear"]) {
            let (rows, inputs) = (try one.shape("x")[0], try one.shape("x")[1])
            let outputs = try one.shape("weight")[0]
            let rank = try one.shape("a")[0]
            let weight = try one.input("weight")
            try weight.withUnsafeBytes { bytes in
                let data = try #require(bytes.baseAddress)
                let linear = Linear(
                    path: "module",
                    weight: Stored(
                        data: data, element: .float32, rows: outputs, columns: inputs),
                    isTransposed: false, bias: nil)
                let pair = try TrainedPair(
                    linear, index: 0, rank: rank,
                    alpha: try one.parameter("scale") * Double(rank), isRankStabilised: false)
                pair.setDown(try one.input("a"))
                pair.setUp(try one.input("b"))
                var arena = try Arena(bytes: 1 << 20)
                let (x, out) = (
                    arena.rows(rows, width: inputs), arena.rows(rows, width: inputs)
                )
                let gradient = arena.rows(rows, width: outputs)
                let down = arena.rows(rows, width: rank)
                Self.fill(x, try one.input("x"))
                Self.fill(gradient, try one.upstream)
                let forward = try LinearRunner(team: team, profile: .portable)
                let y = arena.rows(rows, width: outputs)
                try forward.run(
                    [LinearTask(linear: linear, out: y, down: down)], source: x, rows: rows,
                    groups: [
                        RowGroup(
                            rows: 0..<rows,
                            factors: AdapterStack(trained: ["module": pair.factor]))
                    ])
                let task = GradientTask(
                    linear: linear, gradient: gradient, pair: pair, input: x, down: down)
                let backward = try LinearBackward(team: team, profile: .portable)
                // Two records: their sums are added.
                try backward.run(
                    [task], rows: rows, records: [0..<rows / 3, rows / 3..<rows], out: out)
                try one.check((0..<rows).flatMap { out.values($0) }, "x")
                let a = UnsafeBufferPointer(start: pair.down.gradient, count: rank * inputs)
                try one.check(Array(a), "a")
                let b = (0..<outputs * rank).map {
                    pair.up.gradient[$0 % rank * outputs + $0 / rank]
                }
                try one.check(b, "b")
            }
        }
    }

    private static func fill(_ rows: Rows, _ values: [Float]) {
        for row in 0..<rows.count {
            rows.store(Array(values[row * rows.width..<(row + 1) * rows.width]), row: row)
        }
    }
}
