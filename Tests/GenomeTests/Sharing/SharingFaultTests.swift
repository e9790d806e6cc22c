import Genome
import Testing

@Suite("Why something is not shared")
struct SharingFaultTests {
    @Test("is said with file and line, never with the secret")
    func sentence() {
        let fault = GenomeError.sharing(.secret(path: "a.json", line: 3, kind: "an API key"))
        #expect(fault.description == "a.json line 3 looks like an API key: nothing was shared")
    }
}
