import Genome
import Testing

@Suite("The members of statements")
struct StatementSchemaTests {
    @Test("are named once in every body, and described")
    func described() {
        for fields in StatementKind.allCases.map(\.fields) + [StatementSchema.common] {
            let names = fields.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(Schema.tableRows(of: fields).allSatisfy { !$0.hasSuffix("|  |") })
        }
    }
}
