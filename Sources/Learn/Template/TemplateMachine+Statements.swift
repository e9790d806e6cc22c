extension TemplateMachine {
    /// Runs statements until one of them leaves the loop around.
    func run(_ statements: [TemplateStatement], _ scope: TemplateScope) throws(TemplateFault)
        -> Flow
    {
        for statement in statements {
            let flow = try deeper(statement.line) { () throws(TemplateFault) in
                try run(statement, scope)
            }
            if flow != .on { return flow }
        }
        return .on
    }

    private func run(_ statement: TemplateStatement, _ scope: TemplateScope) throws(TemplateFault)
        -> Flow
    {
        switch statement.kind {
        case .text(let text): try emit(text)
        case .output(let expression): try emit(try text(try value(expression, scope)))
        case .set(let target, let expression):
            try assign(try value(expression, scope), to: target, scope)
        case .setBlock(let target, let filters, let body):
            let text = try captured(body, scope)
            try assign(try filtered(text, filters, scope), to: target, scope)
        case .branch(let branches, let otherwise):
            return try run(branches, otherwise, scope)
        case .loop(let syntax):
            return try loop(over: try value(syntax.sequence, scope), syntax, scope, level: 0)
        case .macro(let syntax): scope.variables[syntax.name] = try makeMacro(syntax, scope)
        case .call(let caller, let call): try run(call, with: caller, scope)
        case .filter(let filters, let body):
            try emit(try text(try filtered(try captured(body, scope), filters, scope)))
        case .with(let values, let body):
            let inner = TemplateScope(outer: scope)
            for (target, expression) in values {
                try assign(try value(expression, scope), to: target, inner)
            }
            return try run(body, inner)
        case .generation(let body):
            try generate { () throws(TemplateFault) in
                _ = try run(body, TemplateScope(outer: scope))
            }
        case .stop: return .stop
        case .next: return .next
        }
        return .on
    }

    private func run(
        _ branches: [(test: TemplateExpression, body: [TemplateStatement])],
        _ otherwise: [TemplateStatement], _ scope: TemplateScope
    ) throws(TemplateFault) -> Flow {
        for branch in branches where try value(branch.test, scope).isTrue {
            return try run(branch.body, scope)
        }
        return try run(otherwise, scope)
    }

    private func captured(
        _ body: [TemplateStatement], _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        let text = try capture { () throws(TemplateFault) in
            _ = try run(body, TemplateScope(outer: scope))
        }
        return .string(text)
    }

    private func filtered(
        _ value: TemplateValue, _ filters: [TemplateFilterCall], _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        var value = value
        for each in filters {
            value = try filter(each.name, value, try arguments(each.call, scope))
        }
        return value
    }

    /// `call`: the body becomes `caller` of the macro.
    private func run(
        _ call: TemplateExpression, with caller: TemplateMacroSyntax, _ scope: TemplateScope
    ) throws(TemplateFault) {
        guard case .call(let callee, let written) = call.kind else { return }
        var given = try arguments(written, scope)
        given.named.append(("caller", try makeMacro(caller, scope)))
        let function = try value(callee, scope)
        at(call.line)
        try emit(try text(try self.call(function, given)))
    }

    /// Puts a value where it belongs.
    func assign(
        _ value: TemplateValue, to target: TemplateTarget, _ scope: TemplateScope
    ) throws(TemplateFault) {
        switch target {
        case .name(let name): scope.variables[name] = value
        case .member(let name, let member):
            guard case .namespace(let namespace)? = scope.find(name).value else {
                throw failed("\"\(name.prefix(40))\" is no namespace, so nothing can be set in it")
            }
            guard !member.hasPrefix("_") else {
                throw forbidden("the member \"\(member.prefix(40))\" of a namespace")
            }
            namespace.members[member] = value
        case .tuple(let targets):
            let items = try elements(of: value)
            guard items.count == targets.count else {
                throw failed("\(items.count) values for \(targets.count) names")
            }
            for (target, item) in zip(targets, items) { try assign(item, to: target, scope) }
        }
    }

    /// Runs a `for`. Every round has variables of its own.
    func loop(
        over sequence: TemplateValue, _ syntax: TemplateLoopSyntax, _ scope: TemplateScope,
        level: Int
    ) throws(TemplateFault) -> Flow {
        var items = try elements(of: sequence)
        if let condition = syntax.condition {
            var kept: [TemplateValue] = []
            for item in items {
                let inner = TemplateScope(outer: scope)
                try assign(item, to: syntax.target, inner)
                if try value(condition, inner).isTrue { kept.append(item) }
            }
            items = kept
        }
        try spend(items.count)
        guard !items.isEmpty else {
            return try run(syntax.otherwise, scope)
        }
        let loop = TemplateLoop(items, syntax, scope, level: level)
        guard loop.depth <= TemplateLimits.valueDepthMax else {
            throw exceeds("\(TemplateLimits.valueDepthMax) values inside each other")
        }
        for (index, item) in items.enumerated() {
            loop.index = index
            let inner = TemplateScope(["loop": .loop(loop)], outer: scope)
            try assign(item, to: syntax.target, inner)
            if try run(syntax.body, inner) == .stop { break }
        }
        return .on
    }
}
