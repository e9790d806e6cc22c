import Genome
import Testing

/// Versions held against PyPI `semver`: which of two comes first, and which a comparator accepts.
@Suite("Versions before their judge")
struct JudgedVersionTests {
    private static let isThere = Judge.has("semver")

    @Test(
        "agree on the order of random pairs, and on comparators",
        .enabled(if: isThere, "PyPI semver is not there; bootstrap/judges installs it"),
        arguments: [1, 2])
    func agrees(_ seed: Int) throws {
        let pairs = 10_000
        let made = try Judge.run("versions.py", ["--generate", "\(pairs)", "--seed", "\(seed)"])
        #expect(made.status == 0)
        var lines: [String] = []
        var count = 0
        for line in made.words.split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0) }
            try #require(words.count == 2)
            count += 1
            let left = try #require(SemanticVersion(words[0]), "\(words[0])")
            let right = try #require(SemanticVersion(words[1]), "\(words[1])")
            let order = left < right ? -1 : right < left ? 1 : 0
            var accepted = ""
            for sign in ["<", "<=", ">", ">=", "="] {
                let range = try #require(VersionRange(sign + words[1]))
                accepted += range.contains(left) ? "1" : "0"
            }
            lines.append("\(line) \(order) \(accepted)")
        }
        #expect(count == pairs)
        let text = lines.joined(separator: "\n") + "\n"
        let verdict = try Judge.run("versions.py", [], input: Array(text.utf8))
        #expect(verdict.status == 0, "\(verdict.words)")
    }
}
