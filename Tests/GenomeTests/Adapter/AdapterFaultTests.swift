import Genome
import Testing

@Suite("A fault of an adapter")
struct AdapterFaultTests {
    @Test("reads as one sentence that names the module")
    func sentence() {
        let fault = GenomeError.adapter(.wrongRank(module: "a.q_proj", configured: 8, found: 4))
        #expect(fault.description == "module a.q_proj has rank 4, the configuration says 8")
    }
}
