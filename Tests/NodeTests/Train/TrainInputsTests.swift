import Genome
import Learn
import Testing
import Wire

@testable import Node

@Suite("The inputs of a training")
struct TrainInputsTests {
    @Test("keep what a manifest vouches for")
    func facts() throws {
        let facts = BaseFacts(
            layer: nil, weights: Blake3.hash([1]), graph: Blake3.hash([2]), tokenizer: nil)
        let part = TrainInputs.Part(
            files: LayerFiles(["a": "/x"], title: "lab.k/llama@1.0.0"), layer: "id", facts: facts)
        let again = try #require(TrainInputs.Part(part.json))
        #expect(again.facts == facts && again.layer == "id" && again.files.paths == ["a": "/x"])
        #expect(again.publicName == "lab.k/llama@1.0.0")
    }

    @Test("are refused when a part is missing")
    func damaged() {
        #expect(TrainInputs.Part(["title": "x", "files": [["name": "a"]]]) == nil)
        #expect(TrainInputs.Source(["name": "a"]) == nil)
        #expect(throws: Failure.self) { _ = try TrainInputs(["base": [:]]) }
    }
}
