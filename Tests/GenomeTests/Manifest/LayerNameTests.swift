import Genome
import Testing

@Suite("A layer's name")
struct LayerNameTests {
    @Test(
        "is a word that Hugging Face would accept",
        arguments: [
            "a", "tiny-llama", "A.b_c-1", "0", String(repeating: "a", count: 64),
        ])
    func accepts(_ text: String) { #expect(LayerName.isValid(text)) }

    @Test(
        "is refused otherwise",
        arguments: [
            "", "-a", "a-", ".a", "a.", "_a", "a--b", "a..b", "a.git", "a/b", "a b", "é", "a@1",
            String(repeating: "a", count: 65),
        ])
    func refuses(_ text: String) { #expect(!LayerName.isValid(text)) }

    @Test("labels are narrower")
    func labels() {
        #expect(LayerName.isLabel("lab-7"))
        for text in ["", "Lab", "lab.", "-lab", "lab-", "l--b", "läb"] {
            #expect(!LayerName.isLabel(text))
        }
    }

    @Test(
        "is made from a folder's name",
        arguments: [
            ("My adapter (v2)", "My-adapter-v2"), ("..x", "x"), ("a---b", "a-b"), ("_a", "a"),
        ])
    func made(_ text: String, _ name: String) {
        #expect(LayerName.made(from: text) == name)
    }

    @Test("nothing is made from nothing")
    func notMade() {
        #expect(LayerName.made(from: "///") == nil)
        #expect(LayerName.made(from: "") == nil)
    }
}
