import Learn
import Testing

@testable import Node

@Suite("A bench of a training beside something")
struct BesideBenchTests {
    @Test func `holds the slowest and the middle step against those alone`() {
        let quiet = (1...100).map { Double($0) / 1_000 }
        let loud = quiet.map { $0 * 2 }
        let rows = BesideBench.publishRows(
            TrainBench.Case(.portable, 2, 10, "all"), quiet: quiet, loud: loud, megabytes: 8,
            alone: 2, beside: 6)
        #expect(rows.map(\.figure) == [198, 102, 6])
        #expect(rows.map(\.ratio) == [2, 2, 3])
        #expect(rows[0].against.contains("100 steps without, 99.0 ms"))
    }

    @Test func `finds the step that 99 of 100 do not exceed`() {
        #expect(BenchCommand.percentile99([7]) == 7)
        #expect(BenchCommand.percentile99((1...100).map(Double.init)) == 99)
        #expect(BenchCommand.percentile99((1...99).map(Double.init)) == 99)
        #expect(BenchCommand.percentile99((1...200).map(Double.init).reversed()) == 198)
    }
}
