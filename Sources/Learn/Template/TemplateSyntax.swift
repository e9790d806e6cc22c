/// One expression of a template. Depth is counted so that whatever walks a tree is sure not to
/// exhaust the stack, not even when it is released.
final class TemplateExpression: Sendable {
    /// What the expression is.
    enum Kind: Sendable {
        case none
        case bool(Bool)
        case integer(Int)
        case float(Double)
        case string(String)
        case name(String)
        case list([TemplateExpression])
        case tuple([TemplateExpression])
        case dictionary([(key: TemplateExpression, value: TemplateExpression)])
        case attribute(TemplateExpression, String)
        case subscripting(TemplateExpression, TemplateExpression)
        /// Start, stop and step.
        case slice(TemplateExpression, [TemplateExpression?])
        case call(TemplateExpression, TemplateCall)
        case filter(TemplateExpression, String, TemplateCall)
        case test(TemplateExpression, String, TemplateCall)
        /// `-`, `+` or `not` before one.
        case unary(String, TemplateExpression)
        case binary(String, TemplateExpression, TemplateExpression)
        /// Parts joined by `~`.
        case joined([TemplateExpression])
        case comparison(TemplateExpression, [(sign: String, right: TemplateExpression)])
        /// Parts joined by `and`, or by `or`.
        case all([TemplateExpression])
        case any([TemplateExpression])
        /// `then if test else otherwise`.
        case conditional([TemplateExpression])
    }

    let line: Int
    let depth: Int
    let kind: Kind

    init(_ kind: Kind, line: Int, inside: [TemplateExpression?]) throws(TemplateFault) {
        self.line = line
        self.kind = kind
        depth = 1 + (inside.lazy.compactMap { $0?.depth }.max() ?? 0)
        if depth > 2 * TemplateLimits.nestingMax {
            throw .exceeds(line: line, limit: "\(2 * TemplateLimits.nestingMax) nested expressions")
        }
    }
}

/// What stands between the parentheses of a call, a filter or a test.
struct TemplateCall: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
    /// `*list`.
    var list: TemplateExpression?
    /// `**dictionary`.
    var dictionary: TemplateExpression?

    var all: [TemplateExpression?] { positional + named.map(\.value) + [list, dictionary] }
}

/// Where a value goes.
indirect enum TemplateTarget: Sendable {
    case name(String)
    /// A member of a `namespace`.
    case member(String, String)
    case tuple([TemplateTarget])
}

/// A `for` block.
final class TemplateLoopSyntax: Sendable {
    let target: TemplateTarget
    let sequence: TemplateExpression
    let condition: TemplateExpression?
    let isRecursive: Bool
    let body: [TemplateStatement]
    let otherwise: [TemplateStatement]

    init(
        target: TemplateTarget, sequence: TemplateExpression, condition: TemplateExpression?,
        isRecursive: Bool, body: [TemplateStatement], otherwise: [TemplateStatement]
    ) {
        self.target = target
        self.sequence = sequence
        self.condition = condition
        self.isRecursive = isRecursive
        self.body = body
        self.otherwise = otherwise
    }
}

/// A macro, or the block that a `call` hands to one.
final class TemplateMacroSyntax: Sendable {
    let name: String
    let parameters: [(name: String, value: TemplateExpression?)]
    let body: [TemplateStatement]
    /// Whether the body asks for what was given beyond its parameters.
    let takesMore: Set<String>

    init(
        name: String, parameters: [(name: String, value: TemplateExpression?)],
        body: [TemplateStatement], takesMore: Set<String>
    ) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.takesMore = takesMore
    }
}

/// A filter of a filter block.
struct TemplateFilterCall: Sendable {
    let name: String
    let call: TemplateCall
}

/// One statement of a template.
struct TemplateStatement: Sendable {
    /// What it is.
    indirect enum Kind: Sendable {
        case text(String)
        case output(TemplateExpression)
        case set(TemplateTarget, TemplateExpression)
        case setBlock(TemplateTarget, [TemplateFilterCall], [TemplateStatement])
        case branch(
            [(test: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
        case loop(TemplateLoopSyntax)
        case macro(TemplateMacroSyntax)
        case call(TemplateMacroSyntax, TemplateExpression)
        case filter([TemplateFilterCall], [TemplateStatement])
        case with([(target: TemplateTarget, value: TemplateExpression)], [TemplateStatement])
        /// What the assistant is to learn to say.
        case generation([TemplateStatement])
        case stop
        case next
    }

    let line: Int
    let kind: Kind
}
