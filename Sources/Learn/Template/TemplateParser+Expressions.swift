extension TemplateParser {
    typealias Expression = TemplateExpression

    private func node(
        _ kind: Expression.Kind, _ line: Int, _ inside: Expression?...
    ) throws(TemplateFault) -> Expression {
        try Expression(kind, line: line, inside: inside)
    }

    private func node(
        _ kind: Expression.Kind, _ line: Int, all inside: [Expression?]
    ) throws(TemplateFault) -> Expression {
        try Expression(kind, line: line, inside: inside)
    }

    /// One expression or several with commas between them.
    mutating func parseTuple(
        conditional: Bool = true, end: String? = nil
    ) throws(TemplateFault) -> Expression {
        let line = line
        var items: [Expression] = []
        var isTuple = false
        repeat {
            if !items.isEmpty, isTupleEnd(end) { break }
            items.append(conditional ? try parseExpression() : try parseOr())
            isTuple = isTuple || isSign(",")
        } while take(",")
        return isTuple ? try node(.tuple(items), line, all: items) : items[0]
    }

    private func isTupleEnd(_ end: String?) -> Bool {
        switch current.kind {
        case .outputEnd, .blockEnd: true
        case .sign(")"): true
        case .name(let name): name == end
        default: false
        }
    }

    /// An expression with `if` and `else`.
    mutating func parseExpression() throws(TemplateFault) -> Expression {
        try nested { (parser) throws(TemplateFault) in try parser.parseConditional() }
    }

    private mutating func parseConditional() throws(TemplateFault) -> Expression {
        var value = try parseOr()
        while isName("if") {
            let line = line
            advance()
            var parts = [value, try parseOr()]
            if take(name: "else") { parts.append(try parseExpression()) }
            value = try node(.conditional(parts), line, all: parts)
        }
        return value
    }

    mutating func parseOr() throws(TemplateFault) -> Expression {
        let line = line
        var parts = [try parseAnd()]
        while take(name: "or") { parts.append(try parseAnd()) }
        return parts.count == 1 ? parts[0] : try node(.any(parts), line, all: parts)
    }

    private mutating func parseAnd() throws(TemplateFault) -> Expression {
        let line = line
        var parts = [try parseNot()]
        while take(name: "and") { parts.append(try parseNot()) }
        return parts.count == 1 ? parts[0] : try node(.all(parts), line, all: parts)
    }

    private mutating func parseNot() throws(TemplateFault) -> Expression {
        let line = line
        guard take(name: "not") else { return try parseComparison() }
        let value = try nested { (parser) throws(TemplateFault) in try parser.parseNot() }
        return try node(.unary("not", value), line, value)
    }

    private mutating func parseComparison() throws(TemplateFault) -> Expression {
        let line = line
        let left = try parseSum()
        var others: [(sign: String, right: Expression)] = []
        while let sign = takeComparison() { others.append((sign, try parseSum())) }
        guard !others.isEmpty else { return left }
        return try node(.comparison(left, others), line, all: [left] + others.map(\.right))
    }

    private mutating func takeComparison() -> String? {
        switch current.kind {
        case .sign(let sign) where ["==", "!=", "<", "<=", ">", ">="].contains(sign):
            advance()
            return sign
        case .name("in"):
            advance()
            return "in"
        case .name("not") where following == .name("in"):
            advance()
            advance()
            return "not in"
        default: return nil
        }
    }

    private mutating func takeSign(_ signs: Set<String>) -> String? {
        guard case .sign(let sign) = current.kind, signs.contains(sign) else { return nil }
        advance()
        return sign
    }

    private mutating func parseSum() throws(TemplateFault) -> Expression {
        var left = try parseJoined()
        while case let line = line, let sign = takeSign(["+", "-"]) {
            let right = try parseJoined()
            left = try node(.binary(sign, left, right), line, left, right)
        }
        return left
    }

    private mutating func parseJoined() throws(TemplateFault) -> Expression {
        let line = line
        var parts = [try parseProduct()]
        while take("~") { parts.append(try parseProduct()) }
        return parts.count == 1 ? parts[0] : try node(.joined(parts), line, all: parts)
    }

    private mutating func parseProduct() throws(TemplateFault) -> Expression {
        var left = try parsePower()
        while case let line = line, let sign = takeSign(["*", "/", "//", "%"]) {
            let right = try parsePower()
            left = try node(.binary(sign, left, right), line, left, right)
        }
        return left
    }

    private mutating func parsePower() throws(TemplateFault) -> Expression {
        var left = try parseUnary()
        while case let line = line, take("**") {
            let right = try parseUnary()
            left = try node(.binary("**", left, right), line, left, right)
        }
        return left
    }

    private mutating func parseUnary(withFilters: Bool = true) throws(TemplateFault) -> Expression {
        let line = line
        var value: Expression
        if let sign = takeSign(["-", "+"]) {
            let inner = try nested { (parser) throws(TemplateFault) in
                try parser.parseUnary(withFilters: false)
            }
            value = try node(.unary(sign, inner), line, inner)
        } else {
            value = try parsePrimary()
        }
        value = try parsePostfix(value)
        return withFilters ? try parseFilterChain(value) : value
    }

    private mutating func parsePrimary() throws(TemplateFault) -> Expression {
        let line = line
        switch current.kind {
        case .name(let name):
            advance()
            return try node(named(name), line)
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text += more
                advance()
            }
            return try node(.string(text), line)
        case .integer(let value):
            advance()
            return try node(.integer(value), line)
        case .float(let value):
            advance()
            return try node(.float(value), line)
        case .sign("("):
            advance()
            if take(")") { return try node(.tuple([]), line) }
            let value = try nested { (parser) throws(TemplateFault) in try parser.parseTuple() }
            try expect(")")
            return value
        case .sign("["):
            advance()
            let items = try parseItems(until: "]")
            return try node(.list(items), line, all: items)
        case .sign("{"): return try parseDictionary()
        default: throw fault(current.description)
        }
    }

    private mutating func named(_ name: String) -> Expression.Kind {
        switch name {
        case "true", "True": return .bool(true)
        case "false", "False": return .bool(false)
        case "none", "None": return .none
        default:
            note(name)
            return .name(name)
        }
    }

    private mutating func parseItems(until end: String) throws(TemplateFault) -> [Expression] {
        var items: [Expression] = []
        while !isSign(end) {
            items.append(try parseExpression())
            if !take(",") { break }
        }
        try expect(end)
        return items
    }

    private mutating func parseDictionary() throws(TemplateFault) -> Expression {
        let line = line
        var members: [(key: Expression, value: Expression)] = []
        advance()
        while !isSign("}") {
            let key = try parseExpression()
            try expect(":")
            members.append((key, try parseExpression()))
            if !take(",") { break }
        }
        try expect("}")
        let inside = members.map(\.key) + members.map(\.value)
        return try node(.dictionary(members), line, all: inside)
    }

    private mutating func parsePostfix(_ value: Expression) throws(TemplateFault) -> Expression {
        var value = value
        while true {
            let line = line
            if take(".") {
                value = try parseMember(of: value, line)
            } else if take("[") {
                value = try parseSubscript(of: value, line)
            } else if isSign("(") {
                let call = try parseCall()
                value = try node(.call(value, call), line, all: [value] + call.all)
            } else {
                return value
            }
        }
    }

    private mutating func parseMember(
        of value: Expression, _ line: Int
    ) throws(TemplateFault) -> Expression {
        if case .integer(let index) = current.kind {
            advance()
            let place = try node(.integer(index), line)
            return try node(.subscripting(value, place), line, value, place)
        }
        return try node(.attribute(value, try expectName()), line, value)
    }

    private mutating func parseSubscript(
        of value: Expression, _ line: Int
    ) throws(TemplateFault) -> Expression {
        var parts: [Expression?] = [nil]
        while !isSign("]") {
            if take(":") {
                parts.append(nil)
            } else if parts[parts.count - 1] == nil {
                parts[parts.count - 1] = try parseExpression()
            } else {
                break
            }
        }
        try expect("]")
        guard parts.count <= 3 else { throw fault("a slice of more than three parts") }
        if parts.count > 1 { return try node(.slice(value, parts), line, all: [value] + parts) }
        guard let index = parts[0] else { throw fault("empty brackets") }
        return try node(.subscripting(value, index), line, value, index)
    }

    mutating func parseCall() throws(TemplateFault) -> TemplateCall {
        var call = TemplateCall()
        try expect("(")
        while !isSign(")") {
            if take("*") {
                guard call.list == nil, call.dictionary == nil else { throw fault("\"*\"") }
                call.list = try parseExpression()
            } else if take("**") {
                guard call.dictionary == nil else { throw fault("\"**\"") }
                call.dictionary = try parseExpression()
            } else if case .name(let name) = current.kind, following == .sign("=") {
                advance()
                advance()
                call.named.append((name, try parseExpression()))
            } else {
                guard call.named.isEmpty, call.list == nil, call.dictionary == nil else {
                    throw fault("an argument without a name after one with")
                }
                call.positional.append(try parseExpression())
            }
            if !take(",") { break }
        }
        try expect(")")
        return call
    }

    /// Filters, tests and calls of what they give.
    private mutating func parseFilterChain(_ value: Expression) throws(TemplateFault) -> Expression
    {
        var value = value
        while true {
            let line = line
            if take("|") {
                let name = try expectName()
                let call = isSign("(") ? try parseCall() : TemplateCall()
                value = try node(.filter(value, name, call), line, all: [value] + call.all)
            } else if take(name: "is") {
                value = try parseTest(of: value, line)
            } else if isSign("(") {
                let call = try parseCall()
                value = try node(.call(value, call), line, all: [value] + call.all)
            } else {
                return value
            }
        }
    }

    private mutating func parseTest(
        of value: Expression, _ line: Int
    ) throws(TemplateFault) -> Expression {
        let isNegated = take(name: "not")
        let name = try expectName()
        var call = TemplateCall()
        if isSign("(") {
            call = try parseCall()
        } else if beginsArgument {
            guard !isName("is") else { throw fault("a test of a test") }
            call.positional = [try parsePostfix(try parsePrimary())]
        }
        let test = try node(.test(value, name, call), line, all: [value] + call.all)
        return isNegated ? try node(.unary("not", test), line, test) : test
    }

    /// Whether what follows a test's name is its argument.
    private var beginsArgument: Bool {
        switch current.kind {
        case .name(let name): !["else", "or", "and"].contains(name)
        case .string, .integer, .float, .sign("["), .sign("{"): true
        default: false
        }
    }
}
