import Genome
import Testing

@Suite("A fault of a document")
struct GenomeErrorTests {
    @Test("reads as one sentence")
    func sentences() {
        #expect(
            GenomeError.json(at: 7, .loneSurrogate).description
                == "not valid JSON at byte 7: half of a surrogate pair")
        #expect(
            GenomeError.field(path: "files[0].path", .missing).description
                == "files[0].path is missing")
        #expect(
            GenomeError.licence(at: 4, expected: "a licence identifier").description
                == "not a licence expression: expected a licence identifier at character 5")
    }
}
