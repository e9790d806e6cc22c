import Genome
import Testing

@Suite("Kinds of layers")
struct LayerKindsTests {
    @Test("types have the seeds' names, and private ones begin with x-")
    func types() {
        for name in LayerType.names + ["x-mine"] { #expect(LayerType(name)?.name == name) }
        for name in ["", "Lora", "x-", "x-A", "other"] { #expect(LayerType(name) == nil) }
    }

    @Test("visibilities go from private to public")
    func visibilities() {
        #expect(Visibility.allCases.sorted() == [.private, .whitelist, .organization, .public])
    }

    @Test("scopes have the seeds' names")
    func scopes() {
        #expect(Scope.allCases.map(\.rawValue) == ["local", "regional", "global"])
    }
}
