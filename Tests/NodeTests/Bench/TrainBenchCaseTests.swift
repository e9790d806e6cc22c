import Learn
import Testing

@testable import Node

@Suite("A case of a bench")
struct TrainBenchCaseTests {
    @Test func `is read as it is written`() {
        #expect(TrainBench.Case("portable-f32:4x128:qkvo")?.text == "portable-f32:4x128:qkvo")
        for wrong in ["", "bf16dot:4:all", "bf16dot:4x0:all", "x:4x4:all", "bf16dot:4x4:some"] {
            #expect(TrainBench.Case(wrong) == nil)
        }
        #expect(TrainBench.Case.all.count == 8)
        #expect(TrainBench.Case.beside.text == "bf16dot:4x128:all")
    }

    @Test func `goes beside what is named, each once`() {
        #expect(TrainBench.Beside.list("busy") == [.busy])
        #expect(TrainBench.Beside.list("busy,checkpoint,busy") == [.checkpoint, .busy])
        #expect(TrainBench.Beside.list("checkpoint,publish,busy") == TrainBench.Beside.allCases)
        for wrong in ["x", "busy,", "busy, publish", "", "Busy"] {
            #expect(TrainBench.Beside.list(wrong) == nil, "\(wrong)")
        }
    }
}
