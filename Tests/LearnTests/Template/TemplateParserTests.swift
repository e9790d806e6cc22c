import Testing

@testable import Learn

@Suite("A template's statements")
struct TemplateParserTests {
    private func printed(_ expression: TemplateExpression) -> String {
        func list(_ items: [TemplateExpression?]) -> String {
            items.map { $0.map(printed) ?? "_" }.joined(separator: " ")
        }
        return switch expression.kind {
        case .none: "none"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .string(let text): "'\(text)'"
        case .name(let name): name
        case .list(let items): "[\(list(items))]"
        case .tuple(let items): "(, \(list(items)))"
        case .dictionary(let members): "{\(list(members.flatMap { [$0.key, $0.value] }))}"
        case .attribute(let inner, let name): "(. \(printed(inner)) \(name))"
        case .subscripting(let inner, let index): "(at \(printed(inner)) \(printed(index)))"
        case .slice(let inner, let parts):
            "(slice \(printed(inner)) \(list(parts)))"
        case .call(let inner, let call): "(call \(printed(inner)) \(list(call.positional)))"
        case .filter(let inner, let name, _): "(| \(printed(inner)) \(name))"
        case .test(let inner, let name, let call):
            "(is \(printed(inner)) \(list([] + call.positional)) \(name))"
        case .unary(let sign, let inner): "(\(sign) \(printed(inner)))"
        case .binary(let sign, let left, let right):
            "(\(sign) \(printed(left)) \(printed(right)))"
        case .joined(let parts): "(~ \(list(parts)))"
        case .comparison(let left, let others):
            "(\(printed(left))\(others.map { " \($0.sign) " + printed($0.right) }.joined()))"
        case .all(let parts): "(and \(list(parts)))"
        case .any(let parts): "(or \(list(parts)))"
        case .conditional(let parts): "(if \(list(parts)))"
        }
    }

    private func tree(_ source: String) throws -> String {
        let statements = try TemplateParser.parse("{{ \(source) }}")
        guard case .output(let expression)? = statements.first?.kind else { return "" }
        return printed(expression)
    }

    @Test(
        "bind as Jinja binds",
        arguments: [
            ("1 + 2 * 3", "(+ 1 (* 2 3))"), ("1 - 2 - 3", "(- (- 1 2) 3)"),
            ("a ~ 1 + 2", "(+ (~ a 1) 2)"), ("-2 ** 2", "(** (- 2) 2)"),
            ("2 ** 3 ** 2", "(** (** 2 3) 2)"), ("not a == b", "(not (a == b))"),
            ("a or b and not c", "(or a (and b (not c)))"), ("a < b <= c", "(a < b <= c)"),
            ("a not in b", "(a not in b)"), ("a is not none", "(not (is a  none))"),
            ("a is eq b and c", "(and (is a b eq) c)"), ("-a|abs", "(| (- a) abs)"),
            ("a if b else c if d else e", "(if a b (if c d e))"),
            ("a.b[0](c)", "(call (at (. a b) 0) c)"),
            ("a[1:]", "(slice a 1 _)"), ("a[::-1]", "(slice a _ _ (- 1))"), ("1, 2", "(, 1 2)"),
            ("a|b is c", "(is (| a b)  c)"), ("x.0", "(at x 0)"), ("('a' 'b',)", "(, 'ab')"),
        ])
    func binding(source: String, expected: String) throws { #expect(try tree(source) == expected) }

    @Test("that nest too deeply are refused in good time")
    func nesting() {
        let deep = 20_000
        for (begin, end) in [
            ("(", ")"), ("[", "]"), ("{'a':", "}"), ("-", ""), ("not ", ""), ("a[", "]"),
            ("f(", ")"),
            ("a if b else ", ""), ("a|f(", ")"),
        ] {
            let source =
                "{{ " + String(repeating: begin, count: deep / begin.count) + "1"
                + String(repeating: end, count: deep / begin.count) + " }}"
            #expect(throws: TemplateFault.self) { try TemplateParser.parse(source) }
        }
        for chain in [
            "a" + String(repeating: ".b", count: 400), String(repeating: "1+", count: 400) + "1",
        ] {
            #expect(throws: TemplateFault.self) { try TemplateParser.parse("{{ \(chain) }}") }
        }
        let blocks = String(repeating: "{% if a %}", count: 5_000)
        #expect(throws: TemplateFault.self) { try TemplateParser.parse(blocks) }
    }
}
