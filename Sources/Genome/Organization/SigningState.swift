import Wire

/// How far a document of an organisation is signed: which keys it asks for, and which of them
/// signed already.
public struct SigningState: Sendable, Equatable {
    /// One threshold that the document must reach.
    public struct Need: Sendable, Equatable {
        /// What the keys must be.
        public let role: OrganizationRole
        /// The root that says so.
        public let rootVersion: UInt64
        /// How many different keys must sign.
        public let wanted: Int
        /// The keys that may.
        public let keys: Set<NodeKey>
        /// Those that did.
        public let signed: Set<NodeKey>

        /// Whether enough did.
        public var isMet: Bool { signed.count >= wanted }
    }

    /// What is asked for; all of it must be met.
    public let needs: [Need]

    /// Whether the document counts by its signatures.
    public var isComplete: Bool { needs.allSatisfy(\.isMet) }

    /// The keys whose signatures count for anything.
    public var keys: Set<NodeKey> { needs.reduce(into: []) { $0.formUnion($1.keys) } }

    /// Those that signed.
    public var signed: Set<NodeKey> { needs.reduce(into: []) { $0.formUnion($1.signed) } }

    /// What a first root asks for: its founding key, and enough of its own root keys.
    public init(founding envelope: Envelope) throws(GenomeError) {
        let root = try OrganizationRoot.decode(envelope.payload)
        guard envelope.payloadType == OrganizationRoot.payloadType, root.version == 1 else {
            throw .organization(.outOfTurn(version: root.version, expected: 1))
        }
        let founder: Set = [root.organization]
        needs = [
            Need(
                role: .root, rootVersion: 1, wanted: 1, keys: founder,
                signed: envelope.signers(among: founder)),
            Self.need(.root, root, envelope),
        ]
    }

    /// What a document asks for in an organisation as it is known: a root must follow the newest
    /// one and is signed by both; all others are signed by issuers of the newest.
    public init(of envelope: Envelope, in organization: Organization) throws(GenomeError) {
        let root = organization.root
        guard OrganizationDocument.organization(of: envelope) == organization.id else {
            throw .organization(.otherOrganization)
        }
        guard envelope.payloadType == OrganizationRoot.payloadType else {
            needs = [Self.need(.issuer, root, envelope)]
            return
        }
        let next = try OrganizationRoot.decode(envelope.payload)
        guard next.version > root.version else {
            throw .organization(.outdated(version: next.version, known: root.version))
        }
        guard next.version == root.version + 1, next.previous == root.digest else {
            throw .organization(
                .outOfTurn(version: next.version, expected: root.version + 1))
        }
        needs = [Self.need(.root, root, envelope), Self.need(.root, next, envelope)]
    }

    /// The same needs, with the signatures that the document has now.
    public func after(_ envelope: Envelope) -> SigningState {
        SigningState(
            needs: needs.map { need in
                Need(
                    role: need.role, rootVersion: need.rootVersion, wanted: need.wanted,
                    keys: need.keys, signed: envelope.signers(among: need.keys))
            })
    }

    private init(needs: [Need]) { self.needs = needs }

    private static func need(
        _ role: OrganizationRole, _ root: OrganizationRoot, _ envelope: Envelope
    ) -> Need {
        let keys = root.keys(of: role)
        return Need(
            role: role, rootVersion: root.version, wanted: max(1, root.thresholds[role] ?? .max),
            keys: keys, signed: envelope.signers(among: keys))
    }
}

extension Envelope {
    /// The document with one signature of each of these keys that signed it, and nothing else:
    /// what does not count takes no room from what does.
    public func keeping(signaturesOf keys: Set<NodeKey>) -> Envelope {
        let message = Self.signedBytes(type: payloadType, payload: payload)
        var kept: [Entry] = []
        for key in keys.sorted() where kept.count < Self.signaturesMax {
            guard let entry = entries.first(where: { $0.signature.isValid(over: message, by: key) })
            else { continue }
            kept.append(Entry(hint: key.base32, signature: entry.signature))
        }
        return Envelope(payloadType: payloadType, payload: payload, entries: kept)
    }
}
