import Genome
import Testing

@Suite("The members of recipes")
struct RecipeSchemaTests {
    @Test("are named once and described")
    func described() {
        let rows = Schema.tableRows(of: RecipeSchema.fields)
        let paths = rows.map { $0.split(separator: "|")[0] }
        #expect(Set(paths).count == paths.count)
        #expect(rows.allSatisfy { !$0.hasSuffix("|  |") })
    }

    @Test("name no place, time or machine")
    func nothingElse() {
        let rows = Schema.tableRows(of: RecipeSchema.fields).joined().lowercased()
        for word in ["`host", "`time", "`threads", "`processor", "`path"] {
            #expect(!rows.contains(word), "\(word)")
        }
    }
}
