import Wire

/// What the root of an organisation lets a key do in the organisation's name.
public enum OrganizationRole: String, CaseIterable, Hashable, Sendable {
    /// Changes the root itself.
    case root
    /// Makes members and takes membership back.
    case issuer
    /// Says what terms mean that are not known, and waives what a detector found.
    case steward
    /// Moves layers from trial to use.
    case promoter
    /// Reviews layers.
    case reviewer
}

/// Who speaks for an organisation: keys with roles, and how many of them a document needs.
///
/// Roots form a chain, as in The Update Framework 1.0 §5.3: each names the one before it by hash
/// and is signed by enough root keys of both, so that keys can be replaced one by one while the
/// organisation stays the same. It is known by the key that signed the first root.
public struct OrganizationRoot: Sendable, Equatable {
    /// DSSE payload type of a signed root.
    public static let payloadType = "application/vnd.plasmid.organization-root+json"

    /// A key that speaks for the organisation.
    public struct Member: Sendable, Equatable {
        /// The key.
        public let key: NodeKey
        /// What it may do.
        public let roles: Set<OrganizationRole>
        /// Whose it is, for people.
        public let label: String?

        /// A key with roles.
        public init(key: NodeKey, roles: Set<OrganizationRole>, label: String? = nil) {
            self.key = key
            self.roles = roles
            self.label = label
        }
    }

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// The founding key, by which the organisation is known.
    public let organization: NodeKey
    /// Its name, for people.
    public let name: String
    /// Number of this root, from 1.
    public let version: UInt64
    /// Hash of the root before it; nil in the first.
    public let previous: Digest?
    /// Who speaks for it.
    public let keys: [Member]
    /// How many different keys of a role a document needs; roles without keys are absent.
    public let thresholds: [OrganizationRole: Int]
    /// Seconds since 1970 when it was made.
    public let issued: Int64
    /// Seconds since 1970 when it runs out.
    public let expires: Int64

    /// Hash of the bytes: how the next root names it.
    public var digest: Digest { Blake3.hash(bytes) }

    /// The keys of a role.
    public func keys(of role: OrganizationRole) -> Set<NodeKey> {
        Set(keys.filter { $0.roles.contains(role) }.map(\.key))
    }

    /// A root of these parts, checked as if it had been received.
    public static func make(
        organization: NodeKey, name: String, version: UInt64, previous: Digest?, keys: [Member],
        thresholds: [OrganizationRole: Int], issued: Int64, expires: Int64
    ) throws(GenomeError) -> OrganizationRoot {
        guard let number = Int64(exactly: version) else {
            throw .field(path: "version", .notAllowed("within 2^53"))
        }
        var object = JSONObject()
        object["root"] = .integer(OrganizationSchema.version)
        object["organization"] = .string(organization.base32)
        object["name"] = .string(name)
        object["version"] = .integer(number)
        object["previous"] = previous.map { .string($0.hexadecimal) }
        object["keys"] = .array(
            keys.map { member in
                var object = JSONObject()
                object["key"] = .string(member.key.base32)
                object["roles"] = .array(
                    OrganizationRole.allCases.filter { member.roles.contains($0) }
                        .map { .string($0.rawValue) })
                object["label"] = member.label.map { .string($0) }
                return .object(object)
            })
        var counts = JSONObject()
        for (role, count) in thresholds { counts[role.rawValue] = .integer(Int64(count)) }
        object["thresholds"] = .object(counts)
        object["issued"] = .integer(issued)
        object["expires"] = .integer(expires)
        return try decode(CanonicalJSON.write(object))
    }

    /// The root of canonical bytes; every rule of the format is checked, signatures and the chain
    /// are not.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> OrganizationRoot {
        let value = try OrganizationSchema.read(
            bytes, OrganizationSchema.root, what: "organisation's root")
        let life = try OrganizationSchema.checkLife(value, longest: OrganizationSchema.rootSeconds)
        guard let organization = value["organization"]?.string.flatMap({ NodeKey(base32: $0) }),
            let name = value["name"]?.string,
            let version = value["version"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { throw .field(path: "", .missing) }
        let previous = value.digest("previous")
        guard (previous == nil) == (version == 1) else {
            throw .field(path: "previous", .notAllowed("absent exactly in root 1"))
        }
        let keys = try members(value)
        return OrganizationRoot(
            bytes: bytes, organization: organization, name: name, version: version,
            previous: previous, keys: keys, thresholds: try thresholds(value, keys),
            issued: life.issued, expires: life.expires)
    }

    private static func members(_ value: JSONValue) throws(GenomeError) -> [Member] {
        var seen = Set<NodeKey>()
        var members: [Member] = []
        for (index, entry) in (value["keys"]?.array ?? []).enumerated() {
            guard let key = entry["key"]?.string.flatMap({ NodeKey(base32: $0) }) else {
                throw .field(path: "keys[\(index)].key", .missing)
            }
            guard seen.insert(key).inserted else {
                throw .field(path: "keys", .duplicate(key.base32))
            }
            let roles = (entry["roles"]?.array ?? []).compactMap {
                $0.string.flatMap { OrganizationRole(rawValue: $0) }
            }
            members.append(Member(key: key, roles: Set(roles), label: entry["label"]?.string))
        }
        return members
    }

    /// The thresholds; a role has one exactly if it has keys, and never more than that.
    private static func thresholds(
        _ value: JSONValue, _ keys: [Member]
    ) throws(GenomeError) -> [OrganizationRole: Int] {
        var thresholds: [OrganizationRole: Int] = [:]
        for role in OrganizationRole.allCases {
            let path = "thresholds.\(role.rawValue)"
            let count = keys.count { $0.roles.contains(role) }
            guard let threshold = value["thresholds"]?[role.rawValue]?.integer else {
                if count > 0 { throw .field(path: path, .missing) }
                continue
            }
            guard threshold <= count else {
                throw .field(
                    path: path, .notAllowed("at most \(count), the number of keys with that role"))
            }
            thresholds[role] = Int(threshold)
        }
        return thresholds
    }
}

extension OrganizationRoot {
    /// The first root of an organisation in an envelope, once the founding key and enough of its
    /// own root keys were found to have signed it.
    public static func founding(_ envelope: Envelope) throws(GenomeError) -> OrganizationRoot {
        let root = try read(envelope)
        guard root.version == 1 else {
            throw .organization(.outOfTurn(version: root.version, expected: 1))
        }
        guard envelope.isSigned(by: root.organization) else { throw .organization(.notFounded) }
        try root.check(envelope, by: .root)
        return root
    }

    /// The root that follows this one, once enough root keys of both were found to have signed
    /// it. Whether this one has run out does not matter: that is how it is renewed.
    public func successor(_ envelope: Envelope) throws(GenomeError) -> OrganizationRoot {
        let next = try Self.read(envelope)
        guard next.organization == organization else { throw .organization(.otherOrganization) }
        guard next.version > version else {
            // Only what our own keys signed is proof against them; a stranger's bytes are not.
            if next.version == version, next.bytes != bytes {
                try check(envelope, by: .root)
                throw .organization(.twoFaced(version: version))
            }
            throw .organization(.outdated(version: next.version, known: version))
        }
        guard next.version == version + 1, next.previous == digest else {
            throw .organization(.outOfTurn(version: next.version, expected: version + 1))
        }
        try check(envelope, by: .root)
        try next.check(envelope, by: .root)
        return next
    }

    private static func read(_ envelope: Envelope) throws(GenomeError) -> OrganizationRoot {
        guard envelope.payloadType == payloadType else {
            throw .envelope(.otherType(envelope.payloadType))
        }
        return try decode(envelope.payload)
    }

    /// Refuses an envelope that too few different keys of `role` signed.
    public func check(
        _ envelope: Envelope, by role: OrganizationRole
    ) throws(GenomeError) {
        let wanted = thresholds[role] ?? Int.max
        let found = envelope.signers(among: keys(of: role)).count
        guard found >= wanted else {
            throw .organization(
                .tooFewSigners(
                    role: role, of: "root \(version)", wanted: wanted == .max ? 1 : wanted,
                    found: found))
        }
    }
}
