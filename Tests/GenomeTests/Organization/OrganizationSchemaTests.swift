import Genome
import Testing

@Suite("The members of an organisation's documents")
struct OrganizationSchemaTests {
    @Test func `are named once, and described`() {
        for fields in [
            OrganizationSchema.root, OrganizationSchema.membership, OrganizationSchema.revocations,
        ] {
            let names = fields.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(Schema.tableRows(of: fields).allSatisfy { !$0.hasSuffix("|  |") })
        }
    }
}
