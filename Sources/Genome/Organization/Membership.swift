import Wire

/// What a member of an organisation may do with the layers that are visible to it.
public enum MembershipRight: String, CaseIterable, Hashable, Sendable {
    /// Know of them, take them in and use them.
    case read
    /// Publish layers that are visible to the organisation.
    case publish
    /// Keep and serve copies of them.
    case mirror
}

/// An organisation's word that a key belongs to it, for a few days.
///
/// Short lives are how membership ends: it is not renewed. A revocation list is for what cannot
/// wait that long.
public struct Membership: Sendable, Equatable {
    /// DSSE payload type of a signed membership.
    public static let payloadType = "application/vnd.plasmid.membership+json"

    /// The secrets of one epoch of the organisation, for this member alone.
    public struct Epoch: Sendable, Equatable {
        /// Its number.
        public let number: UInt64
        /// Public X25519 key that layers of the epoch are sealed for, 32 bytes.
        public let recipient: [UInt8]
        /// The secrets, in a box that the member's sealing key opens.
        public let sealed: [UInt8]

        /// An epoch.
        public init(number: UInt64, recipient: [UInt8], sealed: [UInt8]) {
            self.number = number
            self.recipient = recipient
            self.sealed = sealed
        }
    }

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Founding key of the organisation.
    public let organization: NodeKey
    /// Who belongs to it.
    public let member: NodeKey
    /// What the member may do.
    public let rights: Set<MembershipRight>
    /// Number of the root it was made under.
    public let rootVersion: UInt64
    /// Who it is, for people.
    public let label: String?
    /// Seconds since 1970 when it begins.
    public let issued: Int64
    /// Seconds since 1970 when it runs out.
    public let expires: Int64
    /// What the member needs to open layers, by rising number.
    public let epochs: [Epoch]

    /// Hash of the bytes: how a revocation list names it.
    public var digest: Digest { Blake3.hash(bytes) }

    /// Whether it is in force at a time in seconds since 1970, give or take what clocks differ.
    public func isInForce(at time: Int64) -> Bool {
        let skew = OrganizationSchema.clockSkewSeconds
        return issued - skew <= time && time < expires + skew
    }

    /// Whether another one of the same member is later, so that it counts in its place.
    public func isBefore(_ other: Membership) -> Bool {
        issued < other.issued || issued == other.issued && expires < other.expires
    }

    /// A membership of these parts, checked as if it had been received.
    public static func make(
        organization: NodeKey, member: NodeKey, rights: Set<MembershipRight>, rootVersion: UInt64,
        label: String? = nil, issued: Int64, expires: Int64, epochs: [Epoch] = []
    ) throws(GenomeError) -> Membership {
        guard let version = Int64(exactly: rootVersion) else {
            throw .field(path: "rootVersion", .notAllowed("within 2^53"))
        }
        var object = JSONObject()
        object["membership"] = .integer(OrganizationSchema.version)
        object["organization"] = .string(organization.base32)
        object["member"] = .string(member.base32)
        object["rights"] = .array(
            MembershipRight.allCases.filter { rights.contains($0) }.map { .string($0.rawValue) })
        object["rootVersion"] = .integer(version)
        object["label"] = label.map { .string($0) }
        object["issued"] = .integer(issued)
        object["expires"] = .integer(expires)
        if !epochs.isEmpty {
            object["epochs"] = .array(
                epochs.map { epoch in
                    [
                        "epoch": .integer(Int64(clamping: epoch.number)),
                        "recipient": .string(Hexadecimal.encode(epoch.recipient)),
                        "sealed": .string(Base64.encode(epoch.sealed)),
                    ]
                })
        }
        return try decode(CanonicalJSON.write(object))
    }

    /// The membership of canonical bytes; every rule of the format is checked, signatures are not.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> Membership {
        let value = try OrganizationSchema.read(
            bytes, OrganizationSchema.membership, what: "membership")
        let life = try OrganizationSchema.checkLife(
            value, longest: OrganizationSchema.membershipSeconds)
        guard let organization = value["organization"]?.string.flatMap({ NodeKey(base32: $0) }),
            let member = value["member"]?.string.flatMap({ NodeKey(base32: $0) }),
            let version = value["rootVersion"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { throw .field(path: "", .missing) }
        let rights = (value["rights"]?.array ?? []).compactMap {
            $0.string.flatMap { MembershipRight(rawValue: $0) }
        }
        return Membership(
            bytes: bytes, organization: organization, member: member, rights: Set(rights),
            rootVersion: version, label: value["label"]?.string, issued: life.issued,
            expires: life.expires, epochs: try epochs(value))
    }

    private static func epochs(_ value: JSONValue) throws(GenomeError) -> [Epoch] {
        var epochs: [Epoch] = []
        for (index, entry) in (value["epochs"]?.array ?? []).enumerated() {
            guard let number = entry["epoch"]?.integer.flatMap({ UInt64(exactly: $0) }),
                let recipient = entry["recipient"]?.string.flatMap({ Hexadecimal.decode($0) }),
                let sealed = entry["sealed"]?.string.flatMap({ Base64.decode($0) })
            else { throw .field(path: "epochs[\(index)].sealed", .notAllowed("base64")) }
            if let last = epochs.last, last.number >= number {
                throw .field(path: "epochs", .notAllowed("in rising order"))
            }
            epochs.append(Epoch(number: number, recipient: recipient, sealed: sealed))
        }
        return epochs
    }
}
