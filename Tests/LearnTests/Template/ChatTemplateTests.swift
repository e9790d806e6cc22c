import Foundation
import Genome
import Learn
import Testing

@Suite("A chat template")
struct ChatTemplateTests {
    private static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors/templates.json")

    @Test("gives what jinja2 gives, for our own templates and small expressions")
    func vectors() throws {
        let cases = try TemplateCase.read([UInt8](try Data(contentsOf: Self.vectors)))
        let differences = cases.compactMap { $0.difference() }
        let list = differences.prefix(20).joined(separator: "\n")
        #expect(differences.isEmpty, "\(differences.count) of \(cases.count) differ:\n\(list)")
        #expect(cases.count > 250)
    }

    /// Cases of other people's templates, written on demand by `Tests/Judges/templates.py`.
    private static let outside = ProcessInfo.processInfo.environment["PLASMID_TEMPLATE_CASES"]

    @Test("gives what jinja2 gives, for templates in the wild", .enabled(if: outside != nil))
    func wild() throws {
        let path = try #require(Self.outside)
        let cases = try TemplateCase.read([UInt8](try Data(contentsOf: URL(filePath: path))))
        let differences = cases.compactMap { $0.difference() }
        print("templates in the wild: \(cases.count - differences.count) of \(cases.count) equal")
        for difference in differences { print(difference.prefix(3_000)) }
        #expect(differences.isEmpty)
    }
}
