import Genome
import Testing

@Suite("A licence expression")
struct LicenceExpressionTests {
    @Test(
        "prints in its canonical spelling",
        arguments: [
            ("MIT", "MIT"), ("mit", "MIT"), (" apache-2.0 ", "Apache-2.0"),
            ("MIT or Apache-2.0", "MIT OR Apache-2.0"), ("(MIT)", "MIT"), ("((MIT))", "MIT"),
            ("MIT AND (GPL-2.0+ OR BSD-3-Clause)", "MIT AND (GPL-2.0+ OR BSD-3-Clause)"),
            ("(MIT AND ISC) OR Zlib", "MIT AND ISC OR Zlib"),
            ("MIT AND ISC OR Zlib", "MIT AND ISC OR Zlib"),
            (
                "gpl-2.0-only with classpath-exception-2.0",
                "GPL-2.0-only WITH Classpath-exception-2.0"
            ),
            ("LicenseRef-mine", "LicenseRef-mine"),
            ("DocumentRef-spdx:LicenseRef-a.b", "DocumentRef-spdx:LicenseRef-a.b"),
            ("MIT WITH AdditionRef-x", "MIT WITH AdditionRef-x"), ("Unlisted-9.9", "Unlisted-9.9"),
            ("MIT WITH DocumentRef-a:AdditionRef-b", "MIT WITH DocumentRef-a:AdditionRef-b"),
            ("A AND B AND C", "A AND B AND C"), ("A OR (B OR C)", "A OR B OR C"),
            ("A AND(B OR C)", "A AND (B OR C)"), ("aLicenseRef-b+", "aLicenseRef-b+"),
            ("(GPL-2.0+)", "GPL-2.0+"),
        ])
    func prints(_ text: String, _ canonical: String) throws {
        let expression = try LicenceExpression(parsing: text)
        #expect(expression.description == canonical)
        #expect(try LicenceExpression(parsing: canonical).description == canonical)
    }

    @Test(
        "is refused where it stops being one",
        arguments: [
            ("", 0), ("AND", 0), ("MIT AND", 7), ("MIT MIT", 4), ("(MIT", 4), ("MIT)", 3),
            ("MIT And ISC", 4), ("MIT +", 4), ("LicenseRef-", 0), ("LicenseRef-a+", 12),
            ("DocumentRef-a", 0),
            ("DocumentRef-a:MIT", 0), ("a:b:c", 0), ("MIT WITH", 8), ("MIT WITH LicenseRef-a", 9),
            ("AdditionRef-a", 0), ("MIT/ISC", 0), ("MIT, ISC", 0), ("É", 0),
            ("(MIT OR ISC) WITH x", 13), ("()", 1), ("GPL-2.0+WITH x", 7), ("MIT\t+", 4),
            ("MIT++", 3), ("+", 0), ("MIT+ISC", 3), ("a:LicenseRef-b", 0), ("(MIT)+", 5),
        ])
    func refuses(_ text: String, _ offset: Int) {
        guard
            case .licence(let at, _)? = Fixtures.fault({
                _ = try LicenceExpression(parsing: text)
            })
        else {
            Issue.record("accepted \(text)")
            return
        }
        #expect(at == offset, "\(text)")
    }

    @Test("length and nesting are limited")
    func limits() {
        let long = String(repeating: "a", count: 513)
        #expect(Fixtures.fault { _ = try LicenceExpression(parsing: long) } != nil)
        let deep = String(repeating: "(", count: 17) + "MIT" + String(repeating: ")", count: 17)
        #expect(Fixtures.fault { _ = try LicenceExpression(parsing: deep) } != nil)
    }

    @Test("lists its identifiers")
    func identifiers() throws {
        let expression = try LicenceExpression(parsing: "MIT+ AND (ISC OR Zlib WITH x)")
        #expect(expression.identifiers == ["MIT", "ISC", "Zlib"])
    }
}
