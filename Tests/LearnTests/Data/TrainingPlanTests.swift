import Genome
import Testing

@testable import Learn

@Suite struct TrainingPlanTests {
    private func plan(
        _ lengths: [Int], alone: Set<Int> = [], batch: Int = 2, accumulate: Int = 1,
        _ change: (inout DataSettings) -> Void = { _ in }
    ) -> TrainingPlan {
        var settings = DataSettings()
        settings.sequenceLength = 8
        change(&settings)
        let entries = lengths.enumerated().map { index, length in
            let tokens = [Int32](repeating: 1, count: length)
            return TrainingData.Entry(
                TrainingExample(tokens: tokens, labels: tokens), isAlone: alone.contains(index),
                place: DataPlace(file: "x", line: index))
        }
        return TrainingPlan(entries, settings, batch: batch, accumulate: accumulate)
    }

    private func given(_ settings: inout DataSettings) { settings.order = .given }

    private func plain(_ settings: inout DataSettings) {
        settings.order = .given
        settings.isPacked = false
    }

    @Test func `the given order goes round, across the ends of epochs`() {
        let plan = plan([4, 4, 4, 4, 4], batch: 2, accumulate: 2, plain)
        #expect(plan.step(0) == [[0, 1], [2, 3]])
        #expect(plan.step(1) == [[4, 0], [1, 2]])
        #expect(plan.step(4) == [[1, 2], [3, 4]])
        #expect(plan.step(5) == plan.step(0))
    }

    @Test func `consecutive examples share a row while they fit`() {
        let rows = plan([5, 3, 1, 7, 8, 2, 2, 2, 3], batch: 1, given)
        #expect((0..<5).map { rows.step($0)[0] } == [[0, 1], [2, 3], [4], [5, 6, 7], [8]])
        #expect(rows.step(5) == [[0, 1]], "a row ends with its epoch")
        #expect(plan([5, 3, 1, 7], batch: 2, given).step(0) == [[0, 1, 2, 3]])
    }

    @Test func `an example that must be alone has a row of its own`() {
        let rows = plan([1, 1, 1, 1], alone: [1, 2], batch: 1, given)
        #expect((0..<4).map { rows.step($0)[0] } == [[0], [1], [2], [3]])
    }

    @Test func `every epoch has every example once, in an order of its own`() {
        let count = 50
        let plan = plan(Array(repeating: 8, count: count), batch: 1)
        let epochs = (0..<4).map { epoch in
            (0..<count).map { plan.step(epoch * count + $0)[0][0] }
        }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<count)) }
        #expect(Set(epochs).count == 4 && epochs[0] != Array(0..<count))
    }

    @Test func `any step can be asked for at once, in any order, however late`() {
        let lengths = [5, 3, 1, 7, 8, 2, 2, 2, 3]
        let whole = plan(lengths, batch: 3)
        let steps = (0..<4_000).map { whole.step($0) }
        let back = plan(lengths, batch: 3)
        for step in [3_999, 3_500, 3_998, 0, 1_700, 1, 2_500] {
            #expect(back.step(step) == steps[step], "\(step)")
        }
        let late = plan([4, 4, 4], batch: 2, plain).step(Int(Int32.max))
        #expect(late == [[(Int(Int32.max) * 2) % 3, (Int(Int32.max) * 2 + 1) % 3]])
    }

    @Test func `a second implementation finds the same rows`() throws {
        let plans = try DataSamples.vectors()["plans"]?.array ?? []
        #expect(plans.count == 3)
        for vector in plans {
            func numbers(_ value: JSONValue?) -> [Int] {
                value?.array?.compactMap { $0.integer.map { Int($0) } } ?? []
            }
            let plan = plan(
                numbers(vector["lengths"]), alone: Set(numbers(vector["alone"])), batch: 1
            ) {
                $0.seed = UInt64(vector["seed"]?.string ?? "") ?? 0
                $0.sequenceLength = numbers([vector["limit"] ?? 0])[0]
            }
            let rows = vector["rows"]?.array ?? []
            #expect(rows.indices.map { plan.step($0)[0] } == rows.map { numbers($0) })
        }
    }

    @Test func `all orders of three are about equally frequent`() {
        let plan = plan([8, 8, 8], batch: 3)
        var counts: [[Int]: Int] = [:]
        for epoch in 0..<6_000 { counts[plan.step(epoch)[0], default: 0] += 1 }
        #expect(counts.count == 6 && counts.values.allSatisfy { (880...1_120).contains($0) })
    }

    @Test func `a step is the same whatever was asked before`() {
        let lengths = (0..<97).map { 1 + $0 * 31 % 8 }
        let through = plan(lengths, alone: [3, 50], batch: 3, accumulate: 2)
        let steps = (0..<200).map { through.step($0) }
        for index in [199, 0, 57, 198, 3, 121] {
            #expect(through.step(index) == steps[index])
            #expect(
                plan(lengths, alone: [3, 50], batch: 3, accumulate: 2).step(index) == steps[index])
        }
    }

    @Test func `packed rows hold at most a sequence and leave nothing out`() {
        let lengths = (0..<97).map { 1 + $0 * 31 % 8 }
        let plan = plan(lengths, batch: 1)
        var seen: [Int] = []
        var index = 0
        while seen.count < lengths.count {
            let row = plan.step(index)[0]
            #expect(row.reduce(0) { $0 + lengths[$1] } <= 8)
            seen += row
            index += 1
        }
        #expect(seen.sorted() == Array(lengths.indices))
    }

    @Test func `totals count what steps learn from`() {
        let plan = plan([4, 3, 2], batch: 2, plain)
        #expect(plan.examples == 3 && plan.tokens == 9)
        #expect(
            plan.totals(steps: 3)
                == TrainingPlan.Totals(examples: 6, tokens: 18, targets: 12))
        #expect(plan.epochs(steps: 3) == 2 && plan.epochs(steps: 0) == 0)
    }
}
