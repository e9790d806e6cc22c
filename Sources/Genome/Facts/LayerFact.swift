/// One thing that a layer's files show, and what its manifest says of it.
public struct LayerFact: Equatable, Sendable {
    /// How the two stand to each other.
    public enum Verdict: String, Sendable {
        /// The manifest says what the files show.
        case agrees
        /// It says something else, says what no file shows, or leaves out what they show.
        case differs
        /// It says nothing, and need not.
        case computed
    }

    /// Path of the member, or the name of a figure that no manifest holds.
    public let name: String
    /// What the files show; nil if nothing.
    public let computed: JSONValue?
    /// What the manifest says; nil if nothing.
    public let claimed: JSONValue?
    /// Whether they agree.
    public let verdict: Verdict

    /// A fact that is held against what is claimed; `mayBeSilent` where a manifest that says
    /// nothing says nothing wrong.
    public init(
        _ name: String, computed: JSONValue?, claimed: JSONValue?, mayBeSilent: Bool = false
    ) {
        self.name = name
        self.computed = computed
        self.claimed = claimed
        verdict =
            computed == claimed ? .agrees : claimed == nil && mayBeSilent ? .computed : .differs
    }

    /// A figure that no manifest holds.
    public init(_ name: String, _ computed: JSONValue) {
        self.init(name, computed: computed, claimed: nil, mayBeSilent: true)
    }

    /// The fact that such an object tells; nil for anything else.
    public init?(_ json: JSONValue) {
        guard let name = json["name"]?.string,
            let verdict = json["verdict"]?.string.flatMap({ Verdict(rawValue: $0) })
        else { return nil }
        func value(_ name: String) -> JSONValue? { json[name].flatMap { $0.isNull ? nil : $0 } }
        self.name = name
        computed = value("computed")
        claimed = value("claimed")
        self.verdict = verdict
    }

    /// One sentence without a full stop: what the files show and what is claimed.
    public var words: String {
        let shown = computed.map { Self.text($0) } ?? "shown by no file"
        let said = claimed.map { Self.text($0) } ?? "absent"
        return "\(name) is \(shown), the manifest says \(said)"
    }

    /// A value for people.
    public static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .array(let list): list.map { text($0) }.joined(separator: ", ")
        default: String(decoding: CanonicalJSON.write(value), as: UTF8.self)
        }
    }

    /// The object of an answer.
    public var json: JSONValue {
        [
            "name": .string(name), "computed": computed ?? .null, "claimed": claimed ?? .null,
            "verdict": .string(verdict.rawValue),
        ]
    }
}
