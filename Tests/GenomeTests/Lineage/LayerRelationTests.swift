import Genome
import Testing
import Wire

@Suite("A relation of layers")
struct LayerRelationTests {
    private let one = Fixtures.digest(1)
    private let two = Fixtures.digest(2)

    @Test func `is descent where terms pass on, and nowhere else`() {
        func need(_ type: String) -> LayerEdge {
            .dependency(one, on: two, type: type, saidBy: nil, origin: .weights)
        }
        #expect(need("base").isDescent && need("data").isDescent && need("member").isDescent)
        #expect(!need("requires").isDescent)
        let conflict = LayerEdge.conflict(
            one, with: two, type: "declared", severity: 0.5, resolution: "take one", saidBy: nil,
            origin: .comparison)
        #expect(!conflict.isDescent && conflict.relation.isMutual)
        #expect(!LayerRelation.evolvedFrom.isMutual && LayerRelation.synergizesWith.isMutual)
    }

    @Test func `has the members that the graph names`() {
        let need = LayerEdge.dependency(
            one, on: two, type: "requires", strength: 0.25, isRequired: false, saidBy: nil,
            origin: .manifest)
        #expect(need.properties.names == ["dependencyType", "strength", "required"])
        let conflict = LayerEdge.conflict(
            one, with: two, type: "a", severity: 1, resolution: "", saidBy: nil, origin: .manifest)
        #expect(conflict.properties.names == ["conflictType", "severity", "resolution"])
    }
}
