import Testing
import Wire

@testable import Learn

@Suite("What can be wrong with a checkpoint")
struct CheckpointFaultTests {
    @Test("is said with the file's name and what it should be")
    func words() {
        let (one, other) = (Blake3.hash([1]), Blake3.hash([2]))
        let changed = CheckpointFault.changed(file: "f", expected: one, found: other).description
        #expect(changed.contains("f was changed"))
        #expect(changed.contains(String(one.hexadecimal.prefix(16))))
        #expect(CheckpointFault.diskFull(path: "p").description.contains("the disk is full: p"))
        #expect(CheckpointFault.gone(file: "f").description == "f is missing")
        let recipe = LearnError.checkpoint(.otherRecipe(["data.examples", "seed"])).description
        #expect(recipe.hasSuffix("data.examples, seed differ"))
    }
}
