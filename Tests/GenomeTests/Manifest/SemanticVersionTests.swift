import Genome
import Testing

@Suite("A semantic version")
struct SemanticVersionTests {
    @Test(
        "has the form of the standard",
        arguments: [
            "0.0.0", "1.2.3", "1.0.0-rc.1", "1.0.0-x-y.7+build.01", "1.0.0+0", "10.20.30-0a",
        ])
    func accepts(_ text: String) { #expect(SemanticVersion(text)?.text == text) }

    @Test(
        "is refused otherwise",
        arguments: [
            "", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3", "1.2.-3",
            "1.2.3-a..b", "1.2.3-é", "99999999999999999999.0.0",
            "1.0.0-" + String(repeating: "a", count: 30),
        ])
    func refuses(_ text: String) { #expect(SemanticVersion(text) == nil) }

    /// The chain of §11 of the standard.
    @Test("orders by precedence")
    func orders() throws {
        let chain = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
            "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0",
        ]
        let versions = try chain.map { try #require(SemanticVersion($0)) }
        for (index, version) in versions.enumerated() {
            for later in versions[(index + 1)...] { #expect(version < later && !(later < version)) }
        }
        #expect(SemanticVersion("1.0.0+a") == SemanticVersion("1.0.0+b"))
        #expect(versions[0].isPrerelease && !versions[7].isPrerelease)
    }
}
