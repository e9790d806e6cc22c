import Genome
import Wire

/// An organisation of the tests: three root keys of which two sign, two issuers of which one
/// does.
struct Society {
    static let begin: Int64 = 1_760_000_000
    static let day: Int64 = 86_400

    let roots = (1...3).map { Fixtures.key(filledWith: UInt8($0)) }
    let issuers = (4...5).map { Fixtures.key(filledWith: UInt8($0)) }
    let member = Fixtures.key(filledWith: 20)

    var id: NodeKey { roots[0].publicKey }

    func keys(roots: [SigningKey], issuers: [SigningKey]) -> [OrganizationRoot.Member] {
        roots.map { .init(key: $0.publicKey, roles: [.root]) }
            + issuers.map { .init(key: $0.publicKey, roles: [.issuer], label: "desk") }
    }

    /// A root; by default the first.
    func root(
        version: UInt64 = 1, after previous: OrganizationRoot? = nil,
        keys: [OrganizationRoot.Member]? = nil,
        thresholds: [OrganizationRole: Int] = [.root: 2, .issuer: 1],
        issued: Int64 = begin, days: Int64 = 365
    ) throws -> OrganizationRoot {
        try OrganizationRoot.make(
            organization: id, name: "Institute of Testing", version: version,
            previous: previous?.digest, keys: keys ?? self.keys(roots: roots, issuers: issuers),
            thresholds: thresholds, issued: issued, expires: issued + days * Self.day)
    }

    func sign(_ root: OrganizationRoot, _ keys: [SigningKey]) -> Envelope {
        envelope(root.bytes, OrganizationRoot.payloadType, keys)
    }

    func envelope(_ bytes: [UInt8], _ type: String, _ keys: [SigningKey]) -> Envelope {
        var envelope = Envelope(payloadType: type, payload: bytes)
        for key in keys { envelope.add(signatureBy: key) }
        return envelope
    }

    /// The organisation by its first root.
    func founded() throws -> Organization {
        try Organization(founding: sign(try root(), Array(roots[..<2])))
    }

    func membership(
        of key: NodeKey? = nil, rootVersion: UInt64 = 1, issued: Int64 = begin, days: Int64 = 7
    ) throws -> Membership {
        try Membership.make(
            organization: id, member: key ?? member.publicKey, rights: [.read],
            rootVersion: rootVersion, label: "bench three", issued: issued,
            expires: issued + days * Self.day)
    }

    func sign(_ membership: Membership, _ keys: [SigningKey]) -> Envelope {
        envelope(membership.bytes, Membership.payloadType, keys)
    }

    func revocations(
        version: UInt64 = 1, memberships: Set<Digest> = [], keys: Set<NodeKey> = [],
        issued: Int64 = begin, days: Int64 = 30
    ) throws -> RevocationList {
        try RevocationList.make(
            organization: id, version: version, rootVersion: 1, memberships: memberships,
            keys: keys, issued: issued, expires: issued + days * Self.day)
    }

    func sign(_ list: RevocationList, _ keys: [SigningKey]) -> Envelope {
        envelope(list.bytes, RevocationList.payloadType, keys)
    }
}
