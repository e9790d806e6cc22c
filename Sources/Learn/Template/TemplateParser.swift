/// Reads the words of a template into statements.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var position = 0
    private var nesting = 0
    private var loops = 0
    /// Names that the macros around this place use; the innermost stands last.
    private var used: [Set<String>] = []

    /// The statements of a template.
    static func parse(_ source: String) throws(TemplateFault) -> [TemplateStatement] {
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: source))
        let statements = try parser.parseBody(until: [])
        return statements
    }

    private init(tokens: [TemplateToken]) {
        self.tokens = tokens
    }

    var current: TemplateToken { tokens[position] }

    var line: Int { current.line }

    func fault(_ what: String) -> TemplateFault { .notUnderstood(line: line, what) }

    mutating func advance() {
        if position + 1 < tokens.count { position += 1 }
    }

    func isSign(_ sign: String) -> Bool { current.kind == .sign(sign) }

    func isName(_ name: String) -> Bool { current.kind == .name(name) }

    /// The kind of the word after this one.
    var following: TemplateToken.Kind {
        position + 1 < tokens.count ? tokens[position + 1].kind : .end
    }

    /// Goes past a sign if it stands here.
    mutating func take(_ sign: String) -> Bool {
        guard isSign(sign) else { return false }
        advance()
        return true
    }

    /// Goes past a word if it stands here.
    mutating func take(name: String) -> Bool {
        guard isName(name) else { return false }
        advance()
        return true
    }

    mutating func expect(_ sign: String) throws(TemplateFault) {
        guard take(sign) else {
            throw fault("\(current.description) where \"\(sign)\" should be")
        }
    }

    mutating func expect(_ kind: TemplateToken.Kind, _ name: String) throws(TemplateFault) {
        guard current.kind == kind else {
            throw fault("\(current.description) where \(name) should be")
        }
        advance()
    }

    mutating func expectName() throws(TemplateFault) -> String {
        guard case .name(let name) = current.kind else {
            throw fault("\(current.description) where a name should be")
        }
        advance()
        return name
    }

    /// Notes a name that an expression uses.
    mutating func note(_ name: String) {
        for index in used.indices { used[index].insert(name) }
    }

    /// Runs `parse` one level deeper.
    mutating func nested<Result>(
        _ parse: (inout TemplateParser) throws(TemplateFault) -> Result
    ) throws(TemplateFault) -> Result {
        guard nesting < TemplateLimits.nestingMax else {
            throw .exceeds(line: line, limit: "\(TemplateLimits.nestingMax) levels of nesting")
        }
        nesting += 1
        let result = try parse(&self)
        nesting -= 1
        return result
    }

    /// Statements up to a tag that begins with one of `ends`, which is left standing, or to the
    /// end of the template if there are none.
    private mutating func parseBody(
        until ends: Set<String>
    ) throws(TemplateFault) -> [TemplateStatement] {
        var statements: [TemplateStatement] = []
        while true {
            let line = line
            switch current.kind {
            case .text(let text):
                advance()
                statements.append(TemplateStatement(line: line, kind: .text(text)))
            case .outputBegin:
                advance()
                let value = try parseTuple()
                try expect(.outputEnd, "\"}}\"")
                statements.append(TemplateStatement(line: line, kind: .output(value)))
            case .blockBegin:
                advance()
                let name = try expectName()
                if ends.contains(name) {
                    position -= 1
                    return statements
                }
                let kind = try nested { (parser) throws(TemplateFault) in
                    try parser.parseStatement(name)
                }
                statements.append(TemplateStatement(line: line, kind: kind))
            default:
                guard ends.isEmpty, current.kind == .end else {
                    let missing = ends.sorted().last ?? ""
                    throw fault("\(current.description) where \"\(missing)\" should be")
                }
                return statements
            }
        }
    }

    private mutating func endBlock() throws(TemplateFault) {
        try expect(.blockEnd, "\"%}\"")
    }

    /// A body with its end tag.
    private mutating func parseBlock(_ end: String) throws(TemplateFault) -> [TemplateStatement] {
        try endBlock()
        let body = try parseBody(until: [end])
        advance()
        try endBlock()
        return body
    }

    private mutating func parseStatement(
        _ name: String
    ) throws(TemplateFault) -> TemplateStatement.Kind {
        switch name {
        case "set": return try parseSet()
        case "if": return try parseBranch()
        case "for": return try parseLoop()
        case "macro": return try parseMacro()
        case "call": return try parseCallBlock()
        case "filter":
            let filters = try parseFilters()
            return .filter(filters, try parseBlock("endfilter"))
        case "with": return try parseWith()
        case "generation": return .generation(try parseBlock("endgeneration"))
        case "break", "continue":
            guard loops > 0 else { throw fault("\"\(name)\" outside a loop") }
            try endBlock()
            return name == "break" ? .stop : .next
        default: throw fault("the tag \"\(name.prefix(40))\"")
        }
    }

    private mutating func parseSet() throws(TemplateFault) -> TemplateStatement.Kind {
        let target = try parseTarget(allowsMembers: true)
        if take("=") {
            let value = try parseTuple()
            try endBlock()
            return .set(target, value)
        }
        let filters = isSign("|") ? try parseFilters(after: "|") : []
        return .setBlock(target, filters, try parseBlock("endset"))
    }

    /// One name or several with commas between them.
    private mutating func parseTarget(
        allowsMembers: Bool
    ) throws(TemplateFault) -> TemplateTarget {
        var targets: [TemplateTarget] = []
        var isTuple = false
        repeat {
            if isTuple, isName("in") || isSign("=") || isSign(")") { break }
            if take("(") {
                let inner = try nested { (parser) throws(TemplateFault) in
                    try parser.parseTarget(allowsMembers: allowsMembers)
                }
                targets.append(inner)
                try expect(")")
            } else {
                let name = try expectName()
                if allowsMembers, take(".") {
                    targets.append(.member(name, try expectName()))
                } else {
                    targets.append(.name(name))
                }
            }
            isTuple = isTuple || isSign(",")
        } while take(",")
        return isTuple ? .tuple(targets) : targets[0]
    }

    private mutating func parseBranch() throws(TemplateFault) -> TemplateStatement.Kind {
        var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
        var otherwise: [TemplateStatement] = []
        repeat {
            let test = try parseTuple(conditional: false)
            try endBlock()
            let body = try parseBody(until: ["elif", "else", "endif"])
            branches.append((test, body))
        } while take(name: "elif")
        if take(name: "else") {
            try endBlock()
            otherwise = try parseBody(until: ["endif"])
        }
        advance()
        try endBlock()
        return .branch(branches, otherwise: otherwise)
    }

    private mutating func parseLoop() throws(TemplateFault) -> TemplateStatement.Kind {
        let target = try parseTarget(allowsMembers: false)
        guard take(name: "in") else {
            throw fault("\(current.description) where \"in\" should be")
        }
        let sequence = try parseTuple(conditional: false, end: "recursive")
        let condition = take(name: "if") ? try parseExpression() : nil
        let isRecursive = take(name: "recursive")
        try endBlock()
        loops += 1
        let body = try parseBody(until: ["else", "endfor"])
        loops -= 1
        var otherwise: [TemplateStatement] = []
        if take(name: "else") {
            try endBlock()
            otherwise = try parseBody(until: ["endfor"])
        }
        advance()
        try endBlock()
        return .loop(
            TemplateLoopSyntax(
                target: target, sequence: sequence, condition: condition,
                isRecursive: isRecursive, body: body, otherwise: otherwise))
    }

    private mutating func parseParameters() throws(TemplateFault) -> [(
        name: String, value: TemplateExpression?
    )] {
        var parameters: [(name: String, value: TemplateExpression?)] = []
        try expect("(")
        while !isSign(")") {
            let name = try expectName()
            let value = take("=") ? try parseExpression() : nil
            guard value != nil || parameters.last?.value == nil else {
                throw fault("a parameter without a default after one with")
            }
            parameters.append((name, value))
            if !take(",") { break }
        }
        try expect(")")
        return parameters
    }

    /// A macro from its parameters to its end tag.
    private mutating func parseMacro(
        _ name: String, _ parameters: [(name: String, value: TemplateExpression?)], end: String
    ) throws(TemplateFault) -> TemplateMacroSyntax {
        let outer = loops
        loops = 0
        used.append([])
        let body = try parseBlock(end)
        let names = used.removeLast()
        loops = outer
        return TemplateMacroSyntax(
            name: name, parameters: parameters, body: body,
            takesMore: names.intersection(["varargs", "kwargs", "caller"]))
    }

    private mutating func parseMacro() throws(TemplateFault) -> TemplateStatement.Kind {
        let name = try expectName()
        let parameters = try parseParameters()
        return .macro(try parseMacro(name, parameters, end: "endmacro"))
    }

    private mutating func parseCallBlock() throws(TemplateFault) -> TemplateStatement.Kind {
        let parameters = isSign("(") ? try parseParameters() : []
        let call = try parseExpression()
        guard case .call = call.kind else { throw fault("a call block without a call") }
        return .call(try parseMacro("caller", parameters, end: "endcall"), call)
    }

    private mutating func parseFilters(
        after sign: String? = nil
    ) throws(TemplateFault) -> [TemplateFilterCall] {
        var filters: [TemplateFilterCall] = []
        if let sign { try expect(sign) }
        repeat {
            let name = try expectName()
            let call = isSign("(") ? try parseCall() : TemplateCall()
            filters.append(TemplateFilterCall(name: name, call: call))
        } while take("|")
        return filters
    }

    private mutating func parseWith() throws(TemplateFault) -> TemplateStatement.Kind {
        var values: [(target: TemplateTarget, value: TemplateExpression)] = []
        while current.kind != .blockEnd {
            if !values.isEmpty { try expect(",") }
            let target = TemplateTarget.name(try expectName())
            try expect("=")
            values.append((target, try parseExpression()))
        }
        return .with(values, try parseBlock("endwith"))
    }
}
