import Genome

/// Runs the statements of a template. It counts every step, and what it makes costs steps, so that
/// no template can hold it up or fill the memory.
final class TemplateMachine {
    /// What a statement does to the loop around it.
    enum Flow {
        case on
        case stop
        case next
    }

    let limits: TemplateLimits
    let now: TemplateDate?
    private(set) var steps: Int
    private var depth = 0
    private var line = 1
    private var output = ""
    private var outputBytes = 0
    /// Characters of finished output, known only where somebody asked.
    private var counted = (bytes: 0, scalars: 0)
    private var captures = 0
    /// Ranges of characters that the assistant said.
    private(set) var generated: [Range<Int>] = []
    /// What may refer to itself and is therefore emptied at the end.
    private var namespaces: [TemplateNamespace] = []
    private var macros: [TemplateMacro] = []
    private var scopes: [TemplateScope] = []

    init(limits: TemplateLimits, now: TemplateDate?) {
        self.limits = limits
        self.now = now
        steps = limits.steps
    }

    /// The text that a template gives with these variables.
    func render(
        _ statements: [TemplateStatement], _ variables: [String: TemplateValue]
    ) throws(TemplateFault) -> String {
        let scope = TemplateScope(variables, outer: nil)
        defer { release(scope) }
        _ = try run(statements, scope)
        return output
    }

    /// Takes apart what a template may have tied in circles.
    private func release(_ scope: TemplateScope) {
        for namespace in namespaces { namespace.members = [:] }
        for macro in macros { macro.scope = nil }
        for scope in scopes { (scope.variables, scope.outer) = ([:], nil) }
        scope.variables = [:]
    }

    func failed(_ what: String) -> TemplateFault { .failed(line: line, what) }

    func raised(_ message: String) -> TemplateFault { .raised(line: line, message) }

    func forbidden(_ what: String) -> TemplateFault { .forbidden(line: line, what) }

    func exceeds(_ limit: String) -> TemplateFault { .exceeds(line: line, limit: limit) }

    /// Pays for work.
    func spend(_ cost: Int) throws(TemplateFault) {
        guard cost <= steps else {
            steps = 0
            throw exceeds("\(limits.steps) steps")
        }
        steps -= cost
    }

    /// Pays for text that has been made or is read whole.
    func spend(text: String) throws(TemplateFault) {
        try spend(text.utf8.count / 16)
    }

    /// Pays for a value that is looked through, whatever comes of it.
    func spend(reading value: TemplateValue) throws(TemplateFault) {
        switch value.plain {
        case .string(let text): try spend(text.utf8.count / 4)
        case .list(let list): try spend(list.items.count / 4)
        case .dictionary(let dictionary): try spend(dictionary.keys.count / 4)
        default: break
        }
    }

    /// Text that a template has made: paid for, and not too long.
    func made(_ text: String) throws(TemplateFault) -> TemplateValue {
        try check(textBytes: text.utf8.count)
        try spend(text: text)
        return .string(text)
    }

    /// Refuses a text of that length before it is made.
    func check(textBytes: Int) throws(TemplateFault) {
        guard textBytes <= limits.textBytes else {
            throw exceeds("\(limits.textBytes) bytes of text")
        }
    }

    /// A sequence that a template has made.
    func made(
        _ items: [TemplateValue], _ kind: TemplateList.Kind = .list
    ) throws(TemplateFault) -> TemplateValue {
        try spend(items.count)
        return .list(try checked(TemplateList(items, kind), \.depth))
    }

    func made(
        _ members: [(key: TemplateKey, name: TemplateValue, value: TemplateValue)]
    ) throws(TemplateFault) -> TemplateValue {
        try spend(members.count * 2)
        return .dictionary(try checked(TemplateDictionary(members), \.depth))
    }

    private func checked<Value>(
        _ value: Value, _ depth: KeyPath<Value, Int>
    ) throws(TemplateFault) -> Value {
        guard value[keyPath: depth] <= TemplateLimits.valueDepthMax else {
            throw exceeds("\(TemplateLimits.valueDepthMax) values inside each other")
        }
        return value
    }

    func makeNamespace() throws(TemplateFault) -> TemplateNamespace {
        try spend(4)
        let namespace = TemplateNamespace()
        namespaces.append(namespace)
        return namespace
    }

    func makeMacro(
        _ syntax: TemplateMacroSyntax, _ scope: TemplateScope
    ) throws(TemplateFault) -> TemplateValue {
        try spend(4)
        let macro = TemplateMacro(syntax, scope)
        macros.append(macro)
        var around: TemplateScope? = scope
        while let here = around {
            scopes.append(here)
            around = here.outer
            try spend(1)
        }
        return .function(.macro(macro))
    }

    /// Runs something one level deeper, at a line.
    func deeper<Result>(
        _ here: Int, _ body: () throws(TemplateFault) -> Result
    ) throws(TemplateFault) -> Result {
        line = here
        try spend(1)
        guard depth < limits.depth else { throw exceeds("\(limits.depth) levels at once") }
        depth += 1
        defer { depth -= 1 }
        return try body()
    }

    /// Goes back to a line, after something inside it has run.
    func at(_ here: Int) { line = here }

    func emit(_ text: String) throws(TemplateFault) {
        try spend(text: text)
        outputBytes += text.utf8.count
        try check(textBytes: outputBytes)
        output += text
    }

    /// What statements write, apart from the output.
    func capture(
        _ body: () throws(TemplateFault) -> Void
    ) throws(TemplateFault) -> String {
        let (outer, outerBytes) = (output, outputBytes)
        (output, outputBytes) = ("", 0)
        captures += 1
        try body()
        captures -= 1
        let text = output
        (output, outputBytes) = (outer, outerBytes)
        return text
    }

    /// Runs what the assistant is to learn to say, and notes which characters those are.
    func generate(
        _ body: () throws(TemplateFault) -> Void
    ) throws(TemplateFault) {
        let text = try capture(body)
        if captures == 0 {
            let new = output.utf8.dropFirst(counted.bytes)
            let scalars = counted.scalars + new.count { $0 & 0xc0 != 0x80 }
            try spend(new.count / 16)
            counted = (output.utf8.count, scalars)
            generated.append(scalars..<scalars + text.unicodeScalars.count)
        }
        try emit(text)
    }
}
