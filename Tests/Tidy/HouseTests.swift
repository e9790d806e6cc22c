import Testing

@Suite("The house")
struct HouseTests {
    private func expectNone(_ violations: [Violation]) {
        let list = violations.prefix(40).map(\.description).joined(separator: "\n")
        #expect(violations.isEmpty, "\(violations.count) violations:\n\(list)")
    }

    @Test("files, functions and lines keep their lengths and names, nothing is left behind")
    func shape() throws { expectNone(try SourceTree.files().flatMap { ShapeRules.check($0) }) }

    @Test("rooms use only what they may, and unchecked code stands where it may")
    func layers() throws { expectNone(try SourceTree.files().flatMap { LayerRules.check($0) }) }

    @Test("public symbols are documented and nothing names a place outside")
    func prose() throws { expectNone(try SourceTree.files().flatMap { ProseRules.check($0) }) }

    @Test("pages and scripts name no place outside")
    func documents() throws {
        expectNone(try SourceTree.documents().flatMap { ProseRules.outside($0) })
    }

    @Test("every source has a test of its name")
    func twins() throws {
        let files = try SourceTree.files()
        expectNone(ProseRules.twins(files) + ProseRules.staleExceptions(files))
    }
}
