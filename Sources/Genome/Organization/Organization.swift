import Wire

/// What a node knows of an organisation: its newest root and revocation lists, and by them who
/// belongs to it. Pure: time is told.
///
/// Every document only moves it forward. An expired root or list stops it, so that somebody who
/// keeps new ones from a node gains nothing.
public struct Organization: Sendable, Equatable {
    /// The newest root.
    public private(set) var root: OrganizationRoot
    /// Lists of one number that count beside each other: each is an issuer's who did not know the
    /// others, and an organisation has a handful of issuers. More are refused.
    public static let rivalsMax = 8

    /// The revocation lists with the highest number, by their bytes: none, one, or one of each
    /// issuer who made one at the same time. What any of them takes back is taken back.
    public private(set) var lists: [RevocationList] = []

    /// The founding key.
    public var id: NodeKey { root.organization }

    /// The first of the newest revocation lists; nil if there never was one.
    public var revocations: RevocationList? { lists.first }

    /// Keys that are members no more, with when each was taken out at the latest (seconds since
    /// 1970).
    public var revokedKeys: [NodeKey: Int64] {
        lists.reduce(into: [:]) { $0.merge($1.keysSince) { max($0, $1) } }
    }

    /// Memberships that are over, by hash, with the same.
    public var revokedMemberships: [Digest: Int64] {
        lists.reduce(into: [:]) { $0.merge($1.membershipsSince) { max($0, $1) } }
    }

    /// Whether a membership or its key was taken back.
    public func revokes(_ membership: Membership) -> Bool {
        lists.contains { $0.revokes(membership) }
    }

    /// Whether these are the bytes of one of the newest revocation lists.
    public func knows(list bytes: [UInt8]) -> Bool { lists.contains { $0.bytes == bytes } }

    /// An organisation by its first root.
    public init(founding envelope: Envelope) throws(GenomeError) {
        root = try OrganizationRoot.founding(envelope)
    }

    /// An organisation by all its roots, from the first, and the revocation lists that are known.
    ///
    /// A list is checked under the root of its time: whom it takes out stays out when a later root
    /// drops the key that signed it. One that no root ever let pass is refused.
    public init(roots: [Envelope], revocations lists: [Envelope] = []) throws(GenomeError) {
        guard let first = roots.first else { throw .field(path: "roots", .missing) }
        try self.init(founding: first)
        var waiting = lists
        for (index, envelope) in roots.enumerated() {
            if index > 0 { try take(root: envelope) }
            waiting.removeAll { (try? take(revocations: $0)) != nil }
        }
        for list in waiting { try take(revocations: list) }
    }

    /// Goes on to the next root. The one that is known already changes nothing; whether it was
    /// new.
    @discardableResult
    public mutating func take(root envelope: Envelope) throws(GenomeError) -> Bool {
        if envelope.payloadType == OrganizationRoot.payloadType, envelope.payload == root.bytes {
            return false
        }
        root = try root.successor(envelope)
        return true
    }

    /// Goes on to a newer revocation list, or takes in another one with the number of the known:
    /// two issuers made them at once, and nobody is let in again by either. Whether it was new.
    @discardableResult
    public mutating func take(revocations envelope: Envelope) throws(GenomeError) -> Bool {
        guard envelope.payloadType == RevocationList.payloadType else {
            throw .envelope(.otherType(envelope.payloadType))
        }
        let list = try RevocationList.decode(envelope.payload)
        try check(envelope, list.organization, list.rootVersion)
        if knows(list: list.bytes) { return false }
        guard let known = lists.first, known.version >= list.version else {
            lists = [list]
            return true
        }
        guard list.version == known.version, lists.count < Self.rivalsMax else {
            throw .organization(.outdated(version: list.version, known: known.version))
        }
        lists.append(list)
        lists.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return true
    }

    /// The membership in an envelope, once it was found to be signed by enough issuers, in force
    /// at `time` (seconds since 1970) and not taken back.
    public func membership(
        _ envelope: Envelope, at time: Int64
    ) throws(GenomeError) -> Membership {
        guard envelope.payloadType == Membership.payloadType else {
            throw .envelope(.otherType(envelope.payloadType))
        }
        let membership = try Membership.decode(envelope.payload)
        try check(envelope, membership.organization, membership.rootVersion)
        if let fault = fault(of: membership, at: time) { throw .organization(fault) }
        return membership
    }

    /// Whether enough issuers of the newest root signed a document: also one that was taken under
    /// an older root.
    public func isIssued(_ envelope: Envelope) -> Bool {
        (try? root.check(envelope, by: .issuer)) != nil
    }

    /// Why a membership that was signed rightly does not count at `time`; nil if it does.
    public func fault(of membership: Membership, at time: Int64) -> OrganizationFault? {
        if let fault = fault(at: time) { return fault }
        guard membership.isInForce(at: time) else { return .notInForce }
        return revokes(membership) ? .revoked : nil
    }

    /// Why nothing that rests on this organisation counts at `time`; nil if it may.
    public func fault(at time: Int64) -> OrganizationFault? {
        let skew = OrganizationSchema.clockSkewSeconds
        guard time < root.expires + skew else { return .rootExpired }
        if let end = lists.map(\.expires).max(), time >= end + skew { return .revocationsExpired }
        return nil
    }

    /// Documents count by the keys of the present root: a key that left it signs nothing any more,
    /// also not under an older number.
    private func check(
        _ envelope: Envelope, _ organization: NodeKey, _ version: UInt64
    ) throws(GenomeError) {
        guard organization == id else { throw .organization(.otherOrganization) }
        guard version <= root.version else {
            throw .organization(.rootUnknown(version: version))
        }
        try root.check(envelope, by: .issuer)
    }
}
