import Genome
import Wire

/// A right that a layer's publisher gave to one key: the body of the `grant` statement that
/// counts.
public struct Grant: Equatable, Sendable {
    /// What a grant can be for.
    public enum Command: String, CaseIterable, Sendable {
        /// Know of the layer and take it in.
        case read
        /// Keep and serve a copy.
        case mirror
        /// Make layers of it.
        case derive
        /// Serve answers computed with it.
        case serve
        /// Learn from it.
        case train
        /// Compute with it.
        case run
    }

    /// Who may.
    public let grantee: NodeKey
    /// What.
    public let commands: Set<Command>
    /// Fields in which it may not be used.
    public let excludedDomains: Set<String>
    /// Seconds since 1970 when it ends; nil for never.
    public let expires: Int64?
    /// Whether it was taken back.
    public let isRevoked: Bool
    /// Where the layer lies sealed; nil where it does not.
    public let sealed: SealedPlace?

    /// A grant.
    public init(
        grantee: NodeKey, commands: Set<Command>, excludedDomains: Set<String> = [],
        expires: Int64? = nil, isRevoked: Bool = false, sealed: SealedPlace? = nil
    ) {
        self.sealed = sealed
        self.grantee = grantee
        self.commands = commands
        self.excludedDomains = excludedDomains
        self.expires = expires
        self.isRevoked = isRevoked
    }

    /// The grant that a statement gives; nil for one of another kind.
    public init?(_ statement: Statement) {
        guard statement.kind == .grant,
            let key = statement.body["grantee"]?.string.flatMap({ NodeKey(base32: $0) })
        else { return nil }
        let commands = (statement.body["commands"]?.array ?? []).compactMap {
            $0.string.flatMap { Command(rawValue: $0) }
        }
        let domains = (statement.body["excludedDomains"]?.array ?? []).compactMap(\.string)
        self.init(
            grantee: key, commands: Set(commands), excludedDomains: Set(domains),
            expires: statement.expires, isRevoked: statement.body["isRevoked"]?.bool ?? false,
            sealed: SealedPlace(statement.body))
    }

    /// Whether it counts at a time in seconds since 1970.
    public func isInForce(at time: Int64) -> Bool {
        !isRevoked && expires.map { time < $0 } ?? true
    }
}
