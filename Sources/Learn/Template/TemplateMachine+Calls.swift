extension TemplateMachine {
    /// Functions that every template has.
    static let globals: Set<String> = [
        "range", "dict", "namespace", "raise_exception", "strftime_now", "cycler", "joiner",
    ]

    /// Calls a value.
    func call(
        _ callee: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        switch callee {
        case .undefined(let why): throw failed(why)
        case .loop(let loop): return try again(loop, given)
        case .function(.macro(let macro)): return try call(macro, given)
        case .function(.global(let name)): return try call(global: name, given)
        case .function(.method(let receiver, let name)):
            return try call(method: name, of: receiver, given)
        case .function(.cycler(let counter)):
            let index = counter.count % counter.items.count
            counter.count += 1
            return counter.items[index]
        case .function(.joiner(let counter)):
            counter.count += 1
            return counter.count == 1 ? .string("") : counter.items[0]
        default: throw failed("\(callee.kind) cannot be called")
        }
    }

    private func call(
        _ macro: TemplateMacro, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        guard let outer = macro.scope else { throw failed("a macro that is gone") }
        let syntax = macro.syntax
        let scope = TemplateScope(outer: outer)
        try bind(given, to: syntax, scope)
        let text = try capture { () throws(TemplateFault) in
            for (name, absent) in syntax.parameters where scope.variables[name] == nil {
                scope.variables[name] =
                    try absent.map { (absent) throws(TemplateFault) in try value(absent, scope) }
                    ?? .undefined("the parameter \"\(name.prefix(40))\" was not given")
            }
            _ = try run(syntax.body, scope)
        }
        return .string(text)
    }

    private func bind(
        _ given: TemplateArguments, to syntax: TemplateMacroSyntax, _ scope: TemplateScope
    ) throws(TemplateFault) {
        let names = syntax.parameters.map(\.name)
        for (name, value) in zip(names, given.positional) { scope.variables[name] = value }
        let more = Array(given.positional.dropFirst(names.count))
        var others: [(String, TemplateValue)] = []
        for (name, value) in given.named {
            if names.contains(name), scope.variables[name] == nil {
                scope.variables[name] = value
            } else if name == "caller", syntax.takesMore.contains("caller") {
                scope.variables[name] = value
            } else if names.contains(name) {
                throw failed("the macro \"\(syntax.name)\" takes \"\(name)\" once")
            } else {
                others.append((name, value))
            }
        }
        guard others.isEmpty || syntax.takesMore.contains("kwargs") else {
            throw failed("the macro \"\(syntax.name)\" takes no \"\(others[0].0.prefix(40))\"")
        }
        guard more.isEmpty || syntax.takesMore.contains("varargs") else {
            throw failed("the macro \"\(syntax.name)\" takes \(names.count) arguments at most")
        }
        if syntax.takesMore.contains("varargs") {
            scope.variables["varargs"] = try made(more, .tuple)
        }
        if syntax.takesMore.contains("kwargs") {
            scope.variables["kwargs"] = .dictionary(TemplateDictionary(names: others))
        }
    }

    /// `loop(items)` of a recursive loop.
    private func again(
        _ loop: TemplateLoop, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let values = try bind(given, "loop", ["iterable"], needed: 1)
        guard loop.syntax.isRecursive, let sequence = values[0] else {
            throw failed("only a recursive loop can be called")
        }
        let text = try capture { () throws(TemplateFault) in
            _ = try self.loop(over: sequence, loop.syntax, loop.scope, level: loop.level + 1)
        }
        return .string(text)
    }

    private func call(
        global name: String, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        switch name {
        case "range": return try range(given)
        case "dict": return .dictionary(try dictionary(given))
        case "namespace":
            let members = try dictionary(given)
            let namespace = try makeNamespace()
            for (key, value) in zip(members.keys, members.values) {
                guard case .string(let name) = key, !name.hasPrefix("_") else {
                    throw forbidden("a member of a namespace with that name")
                }
                namespace.members[name] = value
            }
            return .namespace(namespace)
        case "raise_exception":
            let message = try bind(given, name, ["message"], needed: 1)[0] ?? .none
            throw raised(try text(message))
        case "strftime_now":
            let format = try string(bind(given, name, ["format"], needed: 1)[0], for: name)
            guard let now else { throw failed("no date was given, so there is none to tell") }
            guard let text = now.formatted(format) else {
                throw failed("the date format \"\(format.prefix(40))\"")
            }
            return try made(text)
        case "cycler":
            guard !given.positional.isEmpty, given.named.isEmpty else {
                throw failed("a cycler of nothing")
            }
            return .function(.cycler(TemplateCounter(given.positional)))
        default:
            let separator = try bind(given, name, ["sep"])[0] ?? .string(", ")
            return .function(.joiner(TemplateCounter([separator])))
        }
    }

    private func range(_ given: TemplateArguments) throws(TemplateFault) -> TemplateValue {
        let values = try bind(given, "range", ["start", "stop", "step"], needed: 1)
        let numbers = [try whole(values[0], 0), try whole(values[1], 0), try whole(values[2], 1)]
        let start = values[1] == nil ? 0 : numbers[0]
        let stop = values[1] == nil ? numbers[0] : numbers[1]
        let step = numbers[2]
        guard step != 0 else { throw failed("a range in steps of zero") }
        let (distance, overflow) =
            step > 0
            ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
        guard !overflow,
            distance <= 0
                || UInt(distance - 1) / step.magnitude < TemplateLimits.rangeMax
        else { throw exceeds("\(TemplateLimits.rangeMax) numbers of a range") }
        let text =
            step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))"
        let items = stride(from: start, to: stop, by: step).map { TemplateValue.integer($0) }
        return try made(items, .range(text))
    }

    /// `dict(...)`: another dictionary or pairs, and names.
    private func dictionary(
        _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateDictionary {
        var members: [(key: TemplateKey, name: TemplateValue, value: TemplateValue)] = []
        guard given.positional.count <= 1 else { throw failed("\"dict\" of more than one value") }
        if case .dictionary(let other)? = given.positional.first {
            for (name, value) in zip(other.keys, other.values) {
                members.append((try key(name), name, value))
            }
        } else if let pairs = given.positional.first {
            for pair in try elements(of: pairs) {
                let parts = try elements(of: pair)
                guard parts.count == 2 else { throw failed("\"dict\" of what are not pairs") }
                members.append((try key(parts[0]), parts[0], parts[1]))
            }
        }
        for (name, value) in given.named {
            members.append((.text(Array(name.utf8)), .string(name), value))
        }
        try spend(members.count * 2)
        let dictionary = TemplateDictionary(members)
        guard dictionary.depth <= TemplateLimits.valueDepthMax else {
            throw exceeds("\(TemplateLimits.valueDepthMax) values inside each other")
        }
        return dictionary
    }
}
