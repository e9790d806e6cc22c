import Genome
import Testing

@Suite("Looking for secrets")
struct SecretScannerTests {
    private func scan(_ text: String, pieceSize: Int = .max) -> SecretScanner.Finding? {
        var scanner = SecretScanner()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            scanner.update(Array(rest.prefix(pieceSize)))
            rest = rest.dropFirst(pieceSize)
        }
        return scanner.finish()
    }

    /// Made up here from parts, so that this file holds no token-shaped text itself.
    private static let rest = "abcDEF0123456789abcDEF0123456789abcdef"

    static let secrets = [
        "hf_" + rest, "sk-" + rest, "sk-ant-" + rest, "ghp_" + rest, "github_pat_" + rest,
        "glpat-" + rest, "AKIA" + "IOSFODNN7EXAMPLE", "AIza" + rest, "xoxb-" + rest,
        "npm_" + rest, "AGE-SECRET-KEY-1" + "QQPZRY9X8GF2TVDW0S3J",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
    ]

    @Test("finds each shape with its line", arguments: secrets)
    func finds(_ secret: String) {
        let text = "first\nsecond \"\(secret)\"\nthird\n"
        #expect(scan(text)?.line == 2, "\(secret)")
        for size in [1, 5, 63, 64, 65] { #expect(scan(text, pieceSize: size)?.line == 2) }
        #expect(scan(secret)?.line == 1)
    }

    @Test(
        "does not take words for secrets",
        arguments: [
            "", "hf_short", "ask-anything-you-like-and-more-of-it", "task-force", "sk-learn",
            "hf_" + String(repeating: "x", count: 40), "hf_hub_download(repo)", "The AKIA prefix",
            "x" + "hf_" + rest,
        ])
    func ignores(_ text: String) {
        #expect(scan(text) == nil, "\(text)")
    }

    @Test("counts lines over long texts")
    func lines() {
        let text = String(repeating: "word\n", count: 5_000) + SecretScannerTests.secrets[0]
        #expect(scan(text, pieceSize: 4_096)?.line == 5_001)
        #expect(scan(text)?.kind == "a Hugging Face token")
    }
}
