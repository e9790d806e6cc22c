import Wire

/// What an organisation has taken back before it ran out by itself.
///
/// The whole list each time, with a number that only grows: a node that has seen one never goes
/// back to an older one. It runs out within thirty days, so that withholding newer ones cannot
/// keep a removed member in.
public struct RevocationList: Sendable, Equatable {
    /// DSSE payload type of a signed list.
    public static let payloadType = "application/vnd.plasmid.revocations+json"

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Founding key of the organisation.
    public let organization: NodeKey
    /// Number of this list, from 1.
    public let version: UInt64
    /// Number of the root it was made under.
    public let rootVersion: UInt64
    /// Memberships that are over, by hash, with when each was taken back (seconds since 1970):
    /// where the list does not say, when it was made.
    public let membershipsSince: [Digest: Int64]
    /// Keys that are members no more, with the same.
    public let keysSince: [NodeKey: Int64]
    /// Seconds since 1970 when it was made.
    public let issued: Int64
    /// Seconds since 1970 when it runs out.
    public let expires: Int64

    /// Memberships that are over, by hash.
    public var memberships: Set<Digest> { Set(membershipsSince.keys) }

    /// Keys that are members no more.
    public var keys: Set<NodeKey> { Set(keysSince.keys) }

    /// Whether it names a membership or its key.
    public func revokes(_ membership: Membership) -> Bool {
        keysSince[membership.member] != nil || membershipsSince[membership.digest] != nil
    }

    /// A list of these parts, all taken back by this list itself.
    public static func make(
        organization: NodeKey, version: UInt64, rootVersion: UInt64, memberships: Set<Digest>,
        keys: Set<NodeKey>, issued: Int64, expires: Int64
    ) throws(GenomeError) -> RevocationList {
        try make(
            organization: organization, version: version, rootVersion: rootVersion,
            membershipsSince: Dictionary(uniqueKeysWithValues: memberships.map { ($0, issued) }),
            keysSince: Dictionary(uniqueKeysWithValues: keys.map { ($0, issued) }),
            issued: issued, expires: expires)
    }

    /// A list of these parts, each with when it was taken back (seconds since 1970), checked as if
    /// it had been received.
    public static func make(
        organization: NodeKey, version: UInt64, rootVersion: UInt64,
        membershipsSince memberships: [Digest: Int64], keysSince keys: [NodeKey: Int64],
        issued: Int64, expires: Int64
    ) throws(GenomeError) -> RevocationList {
        // Said here in words: the schema would only name the member that is too long.
        for (what, count) in [
            ("list of revoked memberships", memberships.count),
            ("list of revoked keys", keys.count),
        ] where count > OrganizationSchema.revocationsMax {
            throw .tooLarge(
                what: what, limit: OrganizationSchema.revocationsMax)
        }
        guard let number = Int64(exactly: version), let root = Int64(exactly: rootVersion) else {
            throw .field(path: "version", .notAllowed("within 2^53"))
        }
        var object = JSONObject()
        object["revocations"] = .integer(OrganizationSchema.version)
        object["organization"] = .string(organization.base32)
        object["version"] = .integer(number)
        object["rootVersion"] = .integer(root)
        let ended = memberships.sorted { $0.key < $1.key }
        object["memberships"] = .array(ended.map { .string($0.key.hexadecimal) })
        object["membershipsSince"] = times(ended.map(\.value), unless: issued)
        let gone = keys.sorted { $0.key < $1.key }
        object["keys"] = .array(gone.map { .string($0.key.base32) })
        object["keysSince"] = times(gone.map(\.value), unless: issued)
        object["issued"] = .integer(issued)
        object["expires"] = .integer(expires)
        return try decode(CanonicalJSON.write(object))
    }

    private static func times(_ times: [Int64], unless issued: Int64) -> JSONValue? {
        times.contains { $0 != issued } ? .array(times.map { .integer($0) }) : nil
    }

    /// What was taken back, each with its time.
    private static func dated<Element: Hashable>(
        _ elements: [Element], _ value: JSONValue, _ name: String, issued: Int64
    ) throws(GenomeError) -> [Element: Int64] {
        let times = value[name].map { ($0.array ?? []).compactMap(\.integer) }
        guard times == nil || times?.count == elements.count else {
            throw .field(path: name, .notAllowed("one time for each"))
        }
        var dated: [Element: Int64] = [:]
        for (index, element) in elements.enumerated() { dated[element] = times?[index] ?? issued }
        return dated
    }

    /// The list of canonical bytes; every rule of the format is checked, signatures are not.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> RevocationList {
        let value = try OrganizationSchema.read(
            bytes, OrganizationSchema.revocations, what: "revocation list")
        let life = try OrganizationSchema.checkLife(
            value, longest: OrganizationSchema.membershipSeconds)
        guard let organization = value["organization"]?.string.flatMap({ NodeKey(base32: $0) }),
            let version = value["version"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let root = value["rootVersion"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { throw .field(path: "", .missing) }
        let memberships = (value["memberships"]?.array ?? []).compactMap {
            $0.string.flatMap { Digest(hexadecimal: $0) }
        }
        let keys = (value["keys"]?.array ?? []).compactMap {
            $0.string.flatMap { NodeKey(base32: $0) }
        }
        return RevocationList(
            bytes: bytes, organization: organization, version: version, rootVersion: root,
            membershipsSince: try dated(
                memberships, value, "membershipsSince", issued: life.issued),
            keysSince: try dated(keys, value, "keysSince", issued: life.issued),
            issued: life.issued, expires: life.expires)
    }
}
