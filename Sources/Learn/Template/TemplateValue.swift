/// A value while a template runs, with Python's kinds. Lists and dictionaries never change, as in
/// the sandbox that templates are written for; only a `namespace` does.
enum TemplateValue {
    /// A name or member that is not there, with the sentence that says so.
    case undefined(String)
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    /// Text that `safe` has marked: what is added to it is escaped for HTML, in Jinja and so here.
    case markup(String)
    case list(TemplateList)
    case dictionary(TemplateDictionary)
    case namespace(TemplateNamespace)
    case loop(TemplateLoop)
    case function(TemplateFunction)

    /// How many values stand inside each other here.
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .dictionary(let dictionary): dictionary.depth
        case .loop(let loop): loop.depth
        case .function(let function): function.depth
        default: 0
        }
    }

    /// The name of its type in Python.
    var kind: String {
        switch self {
        case .undefined: "undefined"
        case .none: "None"
        case .bool: "bool"
        case .integer: "int"
        case .float: "float"
        case .string, .markup: "str"
        case .list(let list): list.kind.name
        case .dictionary: "dict"
        case .namespace: "namespace"
        case .loop: "loop"
        case .function: "function"
        }
    }

    /// Whether it counts as true.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let text), .markup(let text): !text.isEmpty
        case .list(let list): list.kind == .generator || !list.items.isEmpty
        case .dictionary(let dictionary): !dictionary.keys.isEmpty
        case .namespace, .loop, .function: true
        }
    }

    /// The number that it is or counts as: true is one.
    var whole: Int? {
        switch self {
        case .integer(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// The number as a float.
    var double: Double? {
        if case .float(let value) = self { value } else { whole.map { Double($0) } }
    }

    /// The value without the mark of `safe`.
    var plain: TemplateValue {
        if case .markup(let text) = self { .string(text) } else { self }
    }

    /// The same text with the mark of `safe`, where a marked text gave it.
    func marked(like receiver: TemplateValue) -> TemplateValue {
        if case .markup = receiver, case .string(let text) = self { return .markup(text) }
        return self
    }

    static func tuple(_ items: [TemplateValue]) -> TemplateValue {
        .list(TemplateList(items, .tuple))
    }
}

/// A sequence: a list or one of the kinds that behave a little differently.
final class TemplateList {
    /// Which kind.
    enum Kind: Equatable {
        case list
        case tuple
        case range(String)
        /// What `items`, `keys` and `values` of a dictionary give.
        case view(String)
        /// What `map` and its like give: it can be walked once, and is true even if empty.
        case generator

        var name: String {
            switch self {
            case .list: "list"
            case .tuple: "tuple"
            case .range: "range"
            case .view(let name): name
            case .generator: "generator"
            }
        }

        /// Whether it has a length and places.
        var isSequence: Bool {
            switch self {
            case .list, .tuple, .range: true
            case .view, .generator: false
            }
        }
    }

    let kind: Kind
    let items: [TemplateValue]
    let depth: Int
    /// How many elements of a generator have been walked.
    var walked = 0

    init(_ items: [TemplateValue], _ kind: Kind = .list) {
        self.items = items
        self.kind = kind
        depth = 1 + (items.lazy.map(\.depth).max() ?? 0)
    }
}

/// What a dictionary can be asked for: values that are equal in Python are one key.
indirect enum TemplateKey: Hashable {
    case none
    /// Numbers and truth values.
    case number(Double)
    case integer(Int)
    /// Text as its UTF-8, because Swift's text compares by canonical equivalence.
    case text([UInt8])
    case tuple([TemplateKey])
}

/// Members in the order in which they came.
final class TemplateDictionary {
    let keys: [TemplateValue]
    let values: [TemplateValue]
    let depth: Int
    private let places: [TemplateKey: Int]

    /// Of equal keys the first stays, with the last value.
    init(_ members: [(key: TemplateKey, name: TemplateValue, value: TemplateValue)]) {
        var keys: [TemplateValue] = []
        var values: [TemplateValue] = []
        var places: [TemplateKey: Int] = [:]
        for member in members {
            if let place = places[member.key] {
                values[place] = member.value
            } else {
                places[member.key] = keys.count
                keys.append(member.name)
                values.append(member.value)
            }
        }
        self.keys = keys
        self.values = values
        self.places = places
        depth = 1 + ((keys + values).lazy.map(\.depth).max() ?? 0)
    }

    convenience init(names: [(String, TemplateValue)]) {
        self.init(names.map { (.text(Array($0.0.utf8)), .string($0.0), $0.1) })
    }

    subscript(key: TemplateKey) -> TemplateValue? { places[key].map { values[$0] } }

    subscript(name: String) -> TemplateValue? { self[.text(Array(name.utf8))] }
}

/// The only thing a template can change: `namespace()`.
final class TemplateNamespace {
    var members: [String: TemplateValue] = [:]
}

/// The variables of a block, over those of the blocks around it.
final class TemplateScope {
    var variables: [String: TemplateValue]
    var outer: TemplateScope?

    init(_ variables: [String: TemplateValue] = [:], outer: TemplateScope?) {
        self.variables = variables
        self.outer = outer
    }

    /// The variable and how many blocks outwards it was sought.
    func find(_ name: String) -> (value: TemplateValue?, distance: Int) {
        var scope: TemplateScope? = self
        var distance = 0
        while let here = scope {
            if let value = here.variables[name] { return (value, distance) }
            scope = here.outer
            distance += 1
        }
        return (nil, distance)
    }
}

/// What `loop` is inside a `for`.
final class TemplateLoop {
    let items: [TemplateValue]
    let depth: Int
    /// How many loops of the same block run around this one, by recursion.
    let level: Int
    let syntax: TemplateLoopSyntax
    let scope: TemplateScope
    var index = 0
    /// What `changed` was asked last.
    var lastSeen: [TemplateValue]?

    init(_ items: [TemplateValue], _ syntax: TemplateLoopSyntax, _ scope: TemplateScope, level: Int)
    {
        self.items = items
        self.syntax = syntax
        self.scope = scope
        self.level = level
        depth = 1 + (items.lazy.map(\.depth).max() ?? 0)
    }
}

/// A macro with the variables that it sees.
final class TemplateMacro {
    let syntax: TemplateMacroSyntax
    var scope: TemplateScope?

    init(_ syntax: TemplateMacroSyntax, _ scope: TemplateScope) {
        self.syntax = syntax
        self.scope = scope
    }
}

/// What `cycler` and `joiner` remember.
final class TemplateCounter {
    let items: [TemplateValue]
    var count = 0

    init(_ items: [TemplateValue]) {
        self.items = items
    }
}

/// Something that can be called.
enum TemplateFunction {
    case macro(TemplateMacro)
    /// A function that every template has.
    case global(String)
    /// A method of a value.
    indirect case method(TemplateValue, String)
    case cycler(TemplateCounter)
    case joiner(TemplateCounter)

    var depth: Int {
        switch self {
        case .macro, .global: 0
        case .method(let receiver, _): receiver.depth + 1
        case .cycler(let counter), .joiner(let counter):
            1 + (counter.items.lazy.map(\.depth).max() ?? 0)
        }
    }
}
