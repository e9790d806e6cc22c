import Foundation
import Genome
import Testing

/// Our reading of licence expressions held against PyPI `license-expression` on random ones. The
/// differences that are meant stand with their reasons in `Tests/Judges/licence_expressions.py`.
@Suite("Licence expressions before their judge")
struct JudgedExpressionTests {
    private static let isThere = Judge.has("license_expression")

    /// Our answer: canonical text and structure, or `-` twice.
    private func answer(_ text: String) -> [String] {
        guard let expression = try? LicenceExpression(parsing: text) else { return ["-", "-"] }
        return [expression.description, structure(expression)]
    }

    /// `A(…)` for AND, `O(…)` for OR, `W(…)` for WITH, with nested ones of a kind laid together.
    private func structure(_ expression: LicenceExpression) -> String {
        switch expression {
        case .licence(let id, let orLater): id + (orLater ? "+" : "")
        case .with(let licence, let addition): "W(\(structure(licence)),\(addition))"
        case .and(let left, let right): together("A", [left, right])
        case .or(let left, let right): together("O", [left, right])
        }
    }

    private func together(_ kind: String, _ sides: [LicenceExpression]) -> String {
        let parts = sides.map { side in
            let text = structure(side)
            return text.hasPrefix("\(kind)(") ? String(text.dropFirst(2).dropLast()) : text
        }
        return "\(kind)(\(parts.joined(separator: ",")))"
    }

    @Test(
        "agree on accept or refuse, structure and spelling",
        .enabled(
            if: isThere,
            "PyPI license-expression is not there; bootstrap/judges installs it"),
        arguments: [1, 2])
    func agrees(_ seed: Int) throws {
        let made = try Judge.run(
            "licence_expressions.py", ["--generate", "4000", "--seed", "\(seed)"])
        #expect(made.status == 0)
        let texts = made.words.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(texts.count == 4_000)
        let lines = texts.flatMap { [String($0)] + answer(String($0)) }
        let verdict = try Judge.run(
            "licence_expressions.py", [], input: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(verdict.status == 0, "\(verdict.words)")
    }

    @Test(
        "every licence and exception of ours is spelt as on the list",
        .enabled(
            if: isThere,
            "PyPI license-expression is not there; bootstrap/judges installs it"))
    func names() throws {
        let names = LicenceCatalogue.entries.map(\.id).filter {
            !$0.hasPrefix("LicenseRef-") && !$0.contains(" ")
        }
        let verdict = try Judge.run(
            "licence_expressions.py", ["--names"],
            input: Array(names.joined(separator: "\n").utf8))
        #expect(verdict.status == 0, "\(verdict.words)")
    }
}
