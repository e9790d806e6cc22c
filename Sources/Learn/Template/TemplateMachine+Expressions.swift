extension TemplateMachine {
    /// What an expression is worth.
    func value(
        _ expression: TemplateExpression, _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        try deeper(expression.line) { () throws(TemplateFault) in
            switch expression.kind {
            case .none: .none
            case .bool(let value): .bool(value)
            case .integer(let value): .integer(value)
            case .float(let value): .float(value)
            case .string(let text): .string(text)
            case .name(let name): try variable(name, scope)
            default: try compound(expression, scope)
            }
        }
    }

    private func values(
        _ expressions: [TemplateExpression], _ scope: TemplateScope
    ) throws(TemplateFault) -> [TemplateValue] {
        var values: [TemplateValue] = []
        for expression in expressions { values.append(try value(expression, scope)) }
        return values
    }

    private func variable(
        _ name: String, _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        let (value, distance) = scope.find(name)
        try spend(distance / 4)
        if let value { return value }
        return Self.globals.contains(name)
            ? .function(.global(name)) : .undefined("\"\(name.prefix(80))\" is not defined")
    }

    private func compound(
        _ expression: TemplateExpression, _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        switch expression.kind {
        case .list(let items): return try made(try values(items, scope))
        case .tuple(let items): return try made(try values(items, scope), .tuple)
        case .dictionary(let members): return try dictionary(members, scope)
        case .attribute(let inner, let name):
            let receiver = try value(inner, scope)
            at(expression.line)
            return try attribute(name, of: receiver)
        case .subscripting(let inner, let index):
            let receiver = try value(inner, scope)
            let index = try value(index, scope)
            at(expression.line)
            return try element(index, of: receiver)
        case .slice(let inner, let parts):
            return try slice(try value(inner, scope), parts, scope)
        case .joined(let parts): return try joined(parts, scope)
        case .all(let parts), .any(let parts):
            return try decided(parts, scope, isAll: expression.isAll)
        case .conditional(let parts):
            if try value(parts[1], scope).isTrue { return try value(parts[0], scope) }
            return parts.count > 2
                ? try value(parts[2], scope)
                : .undefined("an \"if\" without \"else\" came out false")
        default: return try operation(expression, scope)
        }
    }

    private func operation(
        _ expression: TemplateExpression, _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        switch expression.kind {
        case .call(let callee, let written):
            let function = try value(callee, scope)
            let given = try arguments(written, scope)
            at(expression.line)
            return try call(function, given)
        case .filter(let inner, let name, let written):
            let receiver = try value(inner, scope)
            let given = try arguments(written, scope)
            at(expression.line)
            return try filter(name, receiver, given)
        case .test(let inner, let name, let written):
            let receiver = try value(inner, scope)
            let given = try arguments(written, scope)
            at(expression.line)
            return .bool(try test(name, receiver, given))
        case .unary(let sign, let inner): return try unary(sign, try value(inner, scope))
        case .binary(let sign, let left, let right):
            let left = try value(left, scope)
            let right = try value(right, scope)
            at(expression.line)
            return try binary(sign, left, right)
        case .comparison(let left, let others):
            return try compared(try value(left, scope), others, scope)
        default: throw failed("an expression without a value")
        }
    }

    private func dictionary(
        _ members: [(key: TemplateExpression, value: TemplateExpression)], _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        var made: [(key: TemplateKey, name: TemplateValue, value: TemplateValue)] = []
        for member in members {
            let name = try value(member.key, scope)
            made.append((try key(name), name, try value(member.value, scope)))
        }
        return try self.made(made)
    }

    private func joined(
        _ parts: [TemplateExpression], _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        var result = ""
        for part in parts {
            result += try text(try value(part, scope))
            try check(textBytes: result.utf8.count)
        }
        return try made(result)
    }

    /// `and` gives its first part that is false, `or` its first that is true, else the last.
    private func decided(
        _ parts: [TemplateExpression], _ scope: TemplateScope, isAll: Bool
    ) throws(TemplateFault) -> TemplateValue {
        for part in parts.dropLast() {
            let value = try value(part, scope)
            if value.isTrue != isAll { return value }
        }
        return try value(parts[parts.count - 1], scope)
    }

    private func slice(
        _ receiver: TemplateValue, _ parts: [TemplateExpression?], _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        var bounds: [Int?] = []
        for part in parts {
            guard let part, case let bound = try value(part, scope) else {
                bounds.append(nil)
                continue
            }
            if case .none = bound {
                bounds.append(nil)
            } else if let whole = bound.whole {
                bounds.append(whole)
            } else {
                throw failed("a slice at \(bound.kind)")
            }
        }
        let step = (bounds.count > 2 ? bounds[2] : nil) ?? 1
        guard step != 0 else { throw failed("a slice in steps of zero") }
        guard abs(step) < 1 << 40, bounds.allSatisfy({ ($0 ?? 0).magnitude < 1 << 40 }) else {
            throw failed("a slice that far away")
        }
        func places(_ count: Int) -> [Int] {
            PythonText.slice(count: count, start: bounds[0], stop: bounds[1], step: step)
        }
        switch receiver.plain {
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            try spend(text: text)
            return try made(PythonText.text(places(scalars.count).map { scalars[$0] }))
                .marked(like: receiver)
        case .list(let list) where list.kind.isSequence:
            let kind = list.kind == .tuple ? TemplateList.Kind.tuple : .list
            return try made(places(list.items.count).map { list.items[$0] }, kind)
        case .undefined(let why): throw failed(why)
        default: return .undefined("\(receiver.kind) has no slices")
        }
    }

    private func compared(
        _ first: TemplateValue, _ others: [(sign: String, right: TemplateExpression)],
        _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        var left = first
        for (sign, expression) in others {
            let right = try value(expression, scope)
            guard try compare(sign, left, right) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }

    func unary(_ sign: String, _ value: TemplateValue) throws(TemplateFault) -> TemplateValue {
        if sign == "not" { return .bool(!value.isTrue) }
        if case .float(let number) = value { return .float(sign == "-" ? -number : number) }
        if let number = value.whole, number > .min {
            return .integer(sign == "-" ? -number : number)
        }
        if case .undefined(let why) = value { throw failed(why) }
        throw failed("\"\(sign)\" before \(value.kind)")
    }

    /// The arguments of a call.
    func arguments(
        _ call: TemplateCall, _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateArguments {
        var given = TemplateArguments()
        given.positional = try values(call.positional, scope)
        for (name, expression) in call.named {
            given.named.append((name, try value(expression, scope)))
        }
        if let list = call.list {
            given.positional += try elements(of: try value(list, scope))
            try spend(given.positional.count)
        }
        if let expression = call.dictionary {
            guard case .dictionary(let dictionary) = try value(expression, scope) else {
                throw failed("\"**\" before what is no dictionary")
            }
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                guard case .string(let name) = key else { throw failed("a name that is no text") }
                given.named.append((name, value))
            }
            try spend(given.named.count)
        }
        return given
    }
}

extension TemplateExpression {
    /// Whether the parts are joined by `and`.
    fileprivate var isAll: Bool {
        if case .all = kind { true } else { false }
    }
}
