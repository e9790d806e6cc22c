import Genome
import Testing

@Suite("A range of versions")
struct VersionRangeTests {
    private func accepts(_ range: String, _ version: String) throws -> Bool {
        try #require(VersionRange(range)).contains(try #require(SemanticVersion(version)))
    }

    /// Range, versions inside, versions outside.
    private static let cases: [(range: String, inside: [String], outside: [String])] = [
        ("1.2.3", ["1.2.3", "1.2.3+b"], ["1.2.4", "1.2.3-a"]),
        ("=1.2.3", ["1.2.3"], ["1.2.2"]),
        ("^1.2.3", ["1.2.3", "1.2.4", "1.9.0"], ["1.2.2", "2.0.0", "2.0.0-a", "1.5.0-a"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "0.2.2", "1.0.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]),
        ("^1", ["1.0.0", "1.9.9"], ["0.9.9", "2.0.0"]),
        ("^0", ["0.0.0", "0.9.9"], ["1.0.0"]),
        ("^0.0", ["0.0.0", "0.0.9"], ["0.1.0"]),
        ("^1.2", ["1.2.0", "1.9.0"], ["1.1.9", "2.0.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
        ("~1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("~1", ["1.0.0", "1.9.0"], ["2.0.0"]),
        ("1", ["1.0.0", "1.9.0"], ["2.0.0", "0.9.0"]),
        ("1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        (">=1.0.0 <2.0.0", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9", "1.5.0-a"]),
        (">1.0.0", ["1.0.1"], ["1.0.0"]), ("<=1.0.0", ["1.0.0", "0.1.0"], ["1.0.1"]),
        ("<1.0.0 || >=2.0.0", ["0.9.0", "2.0.0"], ["1.0.0", "1.9.0"]),
        ("*", ["0.0.0", "9.9.9"], ["1.0.0-a"]),
        ("^1.0.0-b.2", ["1.0.0-b.2", "1.0.0-b.10", "1.0.0", "1.1.0"], ["1.0.0-b.1", "1.1.0-a"]),
        (">=1.0.0-a <1.0.0", ["1.0.0-a", "1.0.0-z"], ["1.0.0", "0.9.0-a"]),
    ]

    @Test("accepts what it says", arguments: cases)
    func accepts(_ one: (range: String, inside: [String], outside: [String])) throws {
        for version in one.inside { #expect(try accepts(one.range, version), "\(version)") }
        for version in one.outside { #expect(try !accepts(one.range, version), "\(version)") }
    }

    @Test(
        "is refused otherwise",
        arguments: [
            "", " ", "x", "1.x", "1.2.3 - 2.0.0", "^", "~", "^01", "1..2", "||", "1.0.0 ||",
            "|| 1.0.0", "1.0.0  2.0.0", "> 1.0.0", ">=1", "^1.2.3.4", "**", "* 1.0.0",
            "1.0.0||2.0.0",
            "^99999999999999999999", String(repeating: "1.0.0 || ", count: 16) + "1.0.0",
            String(repeating: "1.0.0 ", count: 8) + "1.0.0",
        ])
    func refuses(_ text: String) { #expect(VersionRange(text) == nil) }

    @Test func `the largest number has no upper bound and does not stop the program`() throws {
        let most = "18446744073709551615"
        #expect(try accepts("^\(most).0.0", "\(most).1.0"))
        #expect(try !accepts("^\(most).1.0", "\(most).0.0"))
        #expect(try accepts("~1.\(most).0", "1.\(most).7"))
        #expect(try accepts("^\(most)", "\(most).0.0"))
    }

    @Test func `is equal as it is written`() {
        #expect(VersionRange("^1.0.0") == VersionRange("^1.0.0"))
        #expect(VersionRange("^1.0.0") != VersionRange("^1"))
        #expect(VersionRange("^1")?.description == "^1")
    }
}
