import Foundation
import Genome
import Testing

/// The generated parts of the pages in `docs/formats`: field tables and worked examples. With
/// `PLASMID_WRITE_DOCS` set the pages are written anew instead of compared.
@Suite("The pages of the formats")
struct FormatPagesTests {
    private func check(_ page: String, _ parts: [(name: String, lines: [String])]) throws {
        let url = VectorFile.tests.deletingLastPathComponent()
            .appending(path: "docs/formats/\(page)")
        var text = try String(contentsOf: url, encoding: .utf8)
        for part in parts {
            let start = "<!-- generated: \(part.name) -->\n"
            let end = "\n<!-- end: \(part.name) -->"
            let begin = try #require(text.range(of: start), "\(page) lacks \(part.name)")
            let close = try #require(text.range(of: end), "\(page) lacks \(part.name)")
            let wanted = "\n" + part.lines.joined(separator: "\n") + "\n"
            let range = begin.upperBound..<close.lowerBound
            if ProcessInfo.processInfo.environment["PLASMID_WRITE_DOCS"] != nil {
                text.replaceSubrange(range, with: wanted)
            } else {
                #expect(text[range] == wanted, "\(page): \(part.name) is out of date")
            }
        }
        if ProcessInfo.processInfo.environment["PLASMID_WRITE_DOCS"] != nil {
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
    }

    private func table(_ fields: [Schema.Field]) -> [String] {
        ["| member | required | holds | meaning |", "| --- | --- | --- | --- |"]
            + Schema.tableRows(of: fields)
    }

    @Test("the manifest's is what the code does")
    func manifest() throws {
        let example = try WorkedExample()
        try check(
            "manifest.md",
            [
                ("fields", table(ManifestSchema.fields)),
                ("example", try example.manifestPage()),
            ])
        #expect(try Manifest.verified(in: example.envelope).layer == example.result.manifest.layer)
    }

    @Test("the bootstrap list's is what the code does")
    func bootstrap() throws {
        try check("bootstrap.md", [("fields", table(BootstrapList.fields))])
    }

    @Test("the statements' is what the code does")
    func statements() throws {
        let kinds = StatementKind.allCases.flatMap { kind in
            [
                "### \(kind.rawValue)", "",
                kind.isPublishersAlone ? "By the publisher alone." : "By anyone.", "",
            ] + table(kind.fields) + [""]
        }
        let subjects =
            ["| kind | members of the subject |", "| --- | --- |"]
            + StatementKind.allCases.map { kind in
                let members = kind.subjectMembers.map { "`\($0.joined(separator: "."))`" }
                return "| `\(kind.rawValue)` | \(members.joined(separator: ", ")) |"
            }
        let example = try WorkedExample()
        try check(
            "statements.md",
            [
                ("common", table(StatementSchema.common)), ("subjects", subjects),
                ("kinds", kinds),
                ("example", example.statementPage()),
            ])
    }

    @Test("the licences' is what the code does")
    func licences() throws {
        try check(
            "licences.md",
            [
                ("bits", LicencePages.bits()), ("licences", LicencePages.licences()),
                ("rules", LicencePages.rules()),
                ("mapping", table(LicenceMapping.fields)), ("stub", table(LicenceStub.fields)),
                ("differences", try LicencePages.differences()),
            ])
    }

    @Test("the runs' is what the code does")
    func runs() throws {
        try check(
            "runs.md",
            [
                ("recipe", table(RecipeSchema.fields)),
                ("record", table(RunRecordSchema.fields)),
                ("example", try WorkedExample().runPage()),
            ])
    }

    /// Schemas are files of their own, so that programs can take them as they are.
    @Test("the JSON Schemas are what the code does", arguments: JSONSchema.files)
    func schemas(_ name: String) throws {
        let url = VectorFile.tests.deletingLastPathComponent()
            .appending(path: "docs/formats/schemas/\(name).json")
        let wanted = IndentedJSON.write(.object(JSONSchema.named(name) ?? JSONObject()))
        if ProcessInfo.processInfo.environment["PLASMID_WRITE_DOCS"] != nil {
            try wanted.write(to: url, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == wanted)
    }

    @Test("the sealed form's is what the code does")
    func sealed() throws {
        try check(
            "sealed.md",
            [("layer", table(SealedLayer.fields)), ("hold", table(HoldRequest.fields))])
    }

    @Test("the organisations' is what the code does")
    func organizations() throws {
        try check(
            "organizations.md",
            [
                ("root", table(OrganizationSchema.root)),
                ("membership", table(OrganizationSchema.membership)),
                ("revocations", table(OrganizationSchema.revocations)),
            ])
    }
}
