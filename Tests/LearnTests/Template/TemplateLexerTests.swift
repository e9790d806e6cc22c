import Testing

@testable import Learn

@Suite("The words of a template")
struct TemplateLexerTests {
    private func kinds(_ source: String) throws -> [TemplateToken.Kind] {
        try TemplateLexer.tokens(of: source).map(\.kind)
    }

    @Test("are text, tags and what stands in them")
    func words() throws {
        #expect(
            try kinds("a{{ b['c'] + 1.5e3 }}")
                == [
                    .text("a"), .outputBegin, .name("b"), .sign("["), .string("c"), .sign("]"),
                    .sign("+"), .float(1_500), .outputEnd, .end,
                ])
        #expect(
            try kinds("{%- set x = 0x_f -%} b")
                == [
                    .blockBegin, .name("set"), .name("x"), .sign("="), .integer(15), .blockEnd,
                    .text("b"), .end,
                ])
        #expect(try kinds("{{ {'a': {}}}}").last == .end)
        #expect(try kinds("x.0.1").first == .text("x.0.1"))
    }

    @Test("know their lines, whatever the white space between")
    func lines() throws {
        let tokens = try TemplateLexer.tokens(
            of: "a\r\n{#\n#}\n  {%- if\n x -%}\n\n b{{ 'c\nd' }}{{e}}")
        let found = tokens.reduce(into: [String: Int]()) { lines, token in
            if case .name(let name) = token.kind { lines[name] = token.line }
        }
        #expect(found == ["if": 4, "x": 5, "e": 8])
    }

    @Test("lose the white space that belongs to tags")
    func whiteSpace() throws {
        #expect(try kinds("  {% x %}\n  y")[3] == .text("  y"))
        #expect(try kinds("  {% x %}\n").first == .blockBegin)
        #expect(try kinds("  {%+ x %}").first == .text("  "))
        #expect(try kinds("  {{ x }}").first == .text("  "))
        #expect(try kinds("a \n {{- x -}} \n b").first == .text("a"))
        #expect(try kinds("a\n\n") == [.text("a\n"), .end])
        #expect(try kinds("{% raw %}{{ x }}{% endraw %}") == [.text("{{ x }}"), .end])
    }

    @Test("that do not end are refused")
    func refusals() {
        for source in [
            "{#", "{{", "{{ 'a", "{{ (", "{{ )", "{% raw %}x", "{{ 'a\\", "{{ ! }}", "{{ \u{1} }}",
            "{{ 99999999999999999999 }}", "{{ (] }}", "{{ '\\N{DASH}' }}", "{%", "{{ 0x }}",
        ] {
            #expect(throws: TemplateFault.self) { try TemplateLexer.tokens(of: source) }
        }
    }
}
