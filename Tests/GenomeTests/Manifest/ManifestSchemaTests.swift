import Genome
import Testing

@Suite("The members of a manifest")
struct ManifestSchemaTests {
    @Test("are named once and described")
    func described() {
        let names = ManifestSchema.fields.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Schema.tableRows(of: ManifestSchema.fields).allSatisfy { !$0.hasSuffix("|  |") })
    }
}
