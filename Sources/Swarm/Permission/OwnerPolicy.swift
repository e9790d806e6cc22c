import Genome
import Wire

/// What the owner of a node lets its machine hold, mirror, run and train on: rules in the order
/// they were given, of which the first that matches decides. Without a match it is allowed, and
/// all else that a layer's terms ask still holds.
public struct OwnerPolicy: Equatable, Sendable {
    /// Most rules: each decision looks at all of them.
    public static let rulesMax = 256

    /// What a rule is about.
    public enum Subject: Equatable, Sendable {
        /// Layers of one publisher.
        case publisher(NodeKey)
        /// Layers visible to one organisation.
        case organization(NodeKey)
        /// Layers of a type.
        case type(String)
        /// Layers whose expression names a licence.
        case licence(String)
        /// Layers for which no key that the owner trusts has attested that a check was passed, such
        /// as `replayed` or `safe`.
        case unverified(String)
        /// All layers.
        case any
    }

    /// One rule.
    public struct Rule: Equatable, Sendable {
        /// What it is about.
        public let subject: Subject
        /// What it decides; none = everything.
        public let actions: Set<Action>
        /// Whether it allows.
        public let allows: Bool

        /// A rule.
        public init(_ subject: Subject, _ actions: Set<Action> = [], allows: Bool) {
            self.subject = subject
            self.actions = actions
            self.allows = allows
        }
    }

    /// The rules.
    public let rules: [Rule]

    /// A policy; rules behind the first `rulesMax` are not taken.
    public init(_ rules: [Rule] = []) { self.rules = Array(rules.prefix(Self.rulesMax)) }

    /// The rule that forbids something, as text; nil if none does.
    func hindrance(_ action: Action, _ layer: LayerPolicy) -> String? {
        for rule in rules where rule.actions.isEmpty || rule.actions.contains(action) {
            guard let matched = Self.match(rule.subject, layer) else { continue }
            return rule.allows ? nil : matched
        }
        return nil
    }

    /// Whether the owner said that sealed blobs of a publisher may be kept for it. They cannot be
    /// looked at, so nothing is kept without a rule that says `mirror`; one that allows everything
    /// is not meant for it, one that forbids everything is.
    func allowsHolding(for publisher: NodeKey) -> Bool {
        for rule in rules {
            switch rule.subject {
            case .publisher(publisher), .any: break
            default: continue
            }
            if rule.actions.contains(.mirror) { return rule.allows }
            if rule.actions.isEmpty, !rule.allows { return false }
        }
        return false
    }

    private static func match(_ subject: Subject, _ layer: LayerPolicy) -> String? {
        switch subject {
        case .publisher(let key): layer.publisher == key ? "publisher \(key.fingerprint)" : nil
        case .organization(let key):
            layer.organization == key ? "organisation \(key.fingerprint)" : nil
        case .type(let name): layer.type.name == name ? "type \(name)" : nil
        case .licence(let id): names(layer.licence, id) ? "licence \(id)" : nil
        case .unverified(let claim):
            layer.verdicts.contains(claim) ? nil : "not attested as \(claim) by a key you trust"
        case .any: "all layers"
        }
    }

    private static func names(_ expression: String?, _ id: String) -> Bool {
        guard let expression = expression.flatMap({ try? LicenceExpression(parsing: $0) }) else {
            return false
        }
        return expression.identifiers.contains(id)
    }
}
