import Genome
import Wire

/// The words in which an owner states her rules, on the command line and in the journal.
extension OwnerPolicy.Subject {
    /// `any`, or a kind and a name behind a colon: `publisher:KEY`, `organization:KEY`,
    /// `type:NAME`, `licence:ID`, `unverified:CLAIM`; nil for anything else.
    public init?(_ text: String) {
        if text == "any" {
            self = .any
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0) }
        guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.count <= 256,
            PlainText.isPlain(parts[1])
        else { return nil }
        switch parts[0] {
        case "publisher":
            guard let key = NodeKey(base32: parts[1]) else { return nil }
            self = .publisher(key)
        case "organization":
            guard let key = NodeKey(base32: parts[1]) else { return nil }
            self = .organization(key)
        case "type":
            guard let type = LayerType(parts[1]) else { return nil }
            self = .type(type.name)
        case "licence":
            guard let licence = try? LicenceExpression(parsing: parts[1]),
                licence.identifiers.count == 1, let id = licence.identifiers.first
            else { return nil }
            self = .licence(id)
        case "unverified": self = .unverified(parts[1])
        default: return nil
        }
    }

    /// The same words.
    public var text: String {
        switch self {
        case .publisher(let key): "publisher:\(key.base32)"
        case .organization(let key): "organization:\(key.base32)"
        case .type(let name): "type:\(name)"
        case .licence(let id): "licence:\(id)"
        case .unverified(let claim): "unverified:\(claim)"
        case .any: "any"
        }
    }
}

extension OwnerPolicy {
    /// The rules as canonical JSON: a list of `{"allows", "subject", "actions"}`.
    public var json: JSONValue {
        .array(
            rules.map { rule in
                [
                    "allows": .bool(rule.allows), "subject": .string(rule.subject.text),
                    "actions": .array(
                        Action.allCases.filter { rule.actions.contains($0) }
                            .map { .string($0.rawValue) }),
                ]
            })
    }

    /// The rules in JSON of that form; nil where one is not understood: a rule that is passed over
    /// could be the one that forbids.
    public init?(json: JSONValue) {
        guard let list = json.array, list.count <= Self.rulesMax else { return nil }
        var rules: [Rule] = []
        for entry in list {
            guard let allows = entry["allows"]?.bool,
                let subject = entry["subject"]?.string.flatMap({ Subject($0) }),
                let names = entry["actions"]?.array
            else { return nil }
            let actions = names.compactMap { $0.string.flatMap { Action(rawValue: $0) } }
            guard actions.count == names.count else { return nil }
            rules.append(Rule(subject, Set(actions), allows: allows))
        }
        self.init(rules)
    }
}
