import Genome
import Testing

@Suite("The members of run records")
struct RunRecordSchemaTests {
    @Test("are named once and described")
    func described() {
        let rows = Schema.tableRows(of: RunRecordSchema.fields)
        let paths = rows.map { $0.split(separator: "|")[0] }
        #expect(Set(paths).count == paths.count)
        #expect(rows.allSatisfy { !$0.hasSuffix("|  |") })
    }
}
