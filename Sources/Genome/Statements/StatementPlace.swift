import Wire

/// The place of which only the newest statement counts: one publisher's word of one kind, about
/// one layer and one subject.
public struct StatementPlace: Hashable, Sendable {
    /// The layer it speaks of.
    public let layer: Digest
    /// What it says.
    public let kind: StatementKind
    /// Who says it.
    public let publisher: NodeKey
    /// What within the layer it is about, such as the key that a grant is for; empty for kinds
    /// of which a layer has only one.
    public let subject: String

    /// A place.
    public init(layer: Digest, kind: StatementKind, publisher: NodeKey, subject: String = "") {
        self.layer = layer
        self.kind = kind
        self.publisher = publisher
        self.subject = subject
    }
}

extension StatementKind {
    /// Members of the body that make up the subject, outermost first in a path.
    public var subjectMembers: [[String]] {
        switch self {
        case .grant: [["grantee"]]
        case .mirror: [["mirror"]]
        case .measurement: [["task"], ["data", "examples"]]
        case .attestation: [["claim"], ["procedure"], ["other"]]
        case .review: [["scope"]]
        case .feedback: [["task"]]
        case .contribution: [["contributor"], ["role"]]
        case .evolution: [["event"], ["from"]]
        case .visibility, .propagation, .withdrawal, .economicModel, .deprecation, .acceptance: []
        }
    }

    /// The subject of a statement with this body: its subject members, each on a line of its own.
    public func subject(of body: JSONObject) -> String {
        subjectMembers.map { path in
            var value: JSONValue? = .object(body)
            for name in path { value = value?[name] }
            return value?.string ?? ""
        }.joined(separator: "\n")
    }
}

extension Statement {
    /// Where it belongs.
    public var place: StatementPlace {
        StatementPlace(
            layer: layer, kind: kind, publisher: publisher, subject: kind.subject(of: body))
    }
}
