import Testing

@testable import Learn

@Suite("A template's tree")
struct TemplateSyntaxTests {
    @Test("counts its depth and stops at the limit")
    func depth() throws {
        var node = try TemplateExpression(.none, line: 1, inside: [])
        #expect(node.depth == 1)
        for depth in 2...2 * TemplateLimits.nestingMax {
            node = try TemplateExpression(.unary("not", node), line: 1, inside: [node, nil])
            #expect(node.depth == depth)
        }
        let last = node
        #expect(throws: TemplateFault.self) {
            try TemplateExpression(.unary("not", last), line: 1, inside: [last])
        }
    }

    @Test("knows every argument of a call")
    func arguments() throws {
        let node = try TemplateExpression(.integer(1), line: 1, inside: [])
        var call = TemplateCall(positional: [node], named: [("a", node)])
        call.list = node
        #expect(call.all.compactMap { $0 }.count == 3)
    }
}
