import Genome
import Host
import Wire

/// Organisations that this node belongs to or speaks for: their documents, each kept as it was
/// signed, in journal and index.
extension Library {
    /// Organisations that one node keeps: a lab is in a handful.
    public static let organizationsMax = 64

    /// Keeps a document of an organisation, once it was found to be signed rightly and to move what
    /// is known forward; whether it was new. The first root of an organisation that is not here is
    /// taken only with `joining`: nobody is made a member of anything by a message. A membership
    /// must count at `time` (seconds since 1970), which is now unless it is told.
    @discardableResult
    public func add(
        credential envelope: Envelope, joining: Bool = false, at time: Int64? = nil
    ) throws(StoreError) -> Bool {
        guard let id = OrganizationDocument.organization(of: envelope) else {
            throw .refused("it is no document of an organisation")
        }
        // A peer's document and the owner's command may come at once: what was looked at stands
        // until it is kept.
        return try credentialGate.withLock { _ throws(StoreError) in
            if joining { try requireRoom(forOrganization: id) }
            let isNew = try Self.inOrganization { () throws(GenomeError) in
                try self.isNew(envelope, of: id, joining: joining, at: time)
            }
            guard isNew else { return false }
            try record(.organization(id, envelope: envelope.encode()))
            return true
        }
    }

    /// Refuses an organisation that is not here where as many are as a home keeps.
    public func requireRoom(forOrganization id: NodeKey) throws(StoreError) {
        let known = try organizations()
        guard known.count < Self.organizationsMax || known.contains(id) else {
            throw .refused(
                "this home is in \(known.count) organisations, as many as it keeps; leave one "
                    + "with: plasmid org leave")
        }
    }

    private func isNew(
        _ envelope: Envelope, of id: NodeKey, joining: Bool, at time: Int64?
    ) throws(GenomeError) -> Bool {
        let known = try? organization(id)
        guard var organization = known else {
            guard joining else { throw .organization(.otherOrganization) }
            _ = try OrganizationRoot.founding(envelope)
            return true
        }
        switch envelope.payloadType {
        case OrganizationRoot.payloadType:
            // A whole chain may come again: what is known of it changes nothing.
            let known = (try? credentials(of: id, .root)) ?? []
            let isKnown = known.contains { bytes in
                (try? Envelope.decode(bytes, payloadMax: OrganizationSchema.bytesMax))?.payload
                    == envelope.payload
            }
            return try isKnown ? false : organization.take(root: envelope)
        case RevocationList.payloadType: return try organization.take(revocations: envelope)
        default:
            let now = time ?? Int64(Clock.wallMilliseconds() / 1_000)
            let membership = try organization.membership(envelope, at: now)
            let older = try? memberships(of: id).first { $0.0.member == membership.member }
            guard let (standing, _) = older else { return true }
            return standing.isBefore(membership)
        }
    }

    private static func inOrganization<Value>(
        _ body: () throws(GenomeError) -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw .refused("the document of the organisation is not taken: \(error.description)")
        }
    }

    /// The founding keys of the organisations that are here.
    public func organizations() throws(StoreError) -> [NodeKey] {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT DISTINCT organization FROM credentials ORDER BY organization"
            ) { row throws(StoreError) in try row.nodeKey(0) }
        }
    }

    /// An organisation as its newest root and revocation list say; nil if it is not here. The same
    /// documents are checked once; whether they are in force is for each question to ask.
    public func organization(_ id: NodeKey) throws(StoreError) -> Organization? {
        let roots = try credentials(of: id, .root)
        guard !roots.isEmpty else { return nil }
        let lists = (try? credentials(of: id, .revocations)) ?? []
        return try Self.inOrganization { () throws(GenomeError) in
            try checked.organizations.value(of: roots + lists) { () throws(GenomeError) in
                try Self.organization(roots: roots, lists: lists)
            }
        }
    }

    /// An organisation by its documents, each signature checked.
    private static func organization(
        roots: [[UInt8]], lists: [[UInt8]]
    ) throws(GenomeError) -> Organization {
        func envelope(_ bytes: [UInt8]) throws(GenomeError) -> Envelope {
            try Envelope.decode(bytes, payloadMax: OrganizationSchema.bytesMax)
        }
        return try Organization(
            roots: try roots.map { bytes throws(GenomeError) in try envelope(bytes) },
            revocations: try lists.map { bytes throws(GenomeError) in try envelope(bytes) })
    }

    /// The newest membership of each member that is here, with its envelope. What a peer showed is
    /// not kept; these are the own one and those that this node issued.
    public func memberships(
        of id: NodeKey
    ) throws(StoreError) -> [(Membership, envelope: [UInt8])] {
        try credentials(of: id, .membership).compactMap { bytes in
            guard
                let envelope = try? Envelope.decode(
                    bytes, payloadMax: OrganizationSchema.bytesMax),
                let membership = try? Membership.decode(envelope.payload)
            else { return nil }
            return (membership, bytes)
        }
    }

    /// Envelopes of an organisation's documents of one kind, oldest first.
    public func credentials(
        of id: NodeKey, _ kind: CredentialKind
    ) throws(StoreError) -> [[UInt8]] {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT bytes FROM credentials WHERE organization=? AND kind=?
                ORDER BY version, subject
                """, [SQLValue(id), .text(kind.rawValue)]
            ) { $0.bytes(0) }
        }
    }

    /// Forgets an organisation and all of its documents that are here.
    public func leave(_ id: NodeKey) throws(StoreError) {
        try record(.leave(id))
    }
}

/// Kinds of documents of an organisation, as the index tells them apart.
public enum CredentialKind: String, Sendable {
    /// Who speaks for it; all are kept.
    case root
    /// What was taken back; those with the highest number are kept.
    case revocations
    /// Who belongs to it; the newest of each member is kept.
    case membership
}

extension Index {
    /// Keeps a document in the transaction of its journal entry, unless one that is newer is here.
    /// That it counts was checked before it came to the journal.
    static func put(
        credential bytes: [UInt8], of organization: NodeKey, _ connection: SQLiteConnection
    ) throws(StoreError) {
        guard let envelope = try? Envelope.decode(bytes, payloadMax: OrganizationSchema.bytesMax)
        else { return }
        let kind: CredentialKind
        var subject = ""
        let version: UInt64
        if let root = try? OrganizationRoot.decode(envelope.payload),
            envelope.payloadType == OrganizationRoot.payloadType
        {
            (kind, version) = (.root, root.version)
            subject = "\(root.version)"
        } else if let list = try? RevocationList.decode(envelope.payload),
            envelope.payloadType == RevocationList.payloadType
        {
            (kind, version) = (.revocations, list.version)
            subject = Blake3.hash(list.bytes).hexadecimal
            guard try begin(list, organization, connection) else { return }
        } else if let membership = try? Membership.decode(envelope.payload),
            envelope.payloadType == Membership.payloadType
        {
            (kind, version) = (.membership, UInt64(clamping: membership.issued))
            subject = membership.member.base32
            guard try isLater(membership, organization, connection) else { return }
        } else {
            return
        }
        try connection.run(
            "INSERT OR REPLACE INTO credentials VALUES(?, ?, ?, ?, ?)",
            [
                SQLValue(organization), .text(kind.rawValue), .text(subject),
                SQLValue(bits: version), .blob(bytes),
            ])
    }

    /// Makes room for a revocation list: older ones go, and with them the memberships of keys that
    /// it lists no more, so that nobody renews what was taken back. Whether it is not older than
    /// what is here.
    private static func begin(
        _ list: RevocationList, _ organization: NodeKey, _ connection: SQLiteConnection
    ) throws(StoreError) -> Bool {
        let known = try connection.query(
            "SELECT bytes FROM credentials WHERE organization=? AND kind='revocations'",
            [SQLValue(organization)]
        ) { $0.bytes(0) }.compactMap { bytes in
            OrganizationDocument.payload(ofList: bytes).flatMap { try? RevocationList.decode($0) }
        }
        guard let version = known.map(\.version).max() else { return true }
        guard list.version > version else { return list.version == version }
        try connection.run(
            "DELETE FROM credentials WHERE organization=? AND kind='revocations'",
            [SQLValue(organization)])
        let before = known.reduce(into: Set<NodeKey>()) { $0.formUnion($1.keys) }
        for key in before.subtracting(list.keys) {
            try connection.run(
                "DELETE FROM credentials WHERE organization=? AND kind='membership' AND subject=?",
                [SQLValue(organization), .text(key.base32)])
        }
        return true
    }

    /// Whether a membership is later than the one that is here of its member.
    private static func isLater(
        _ membership: Membership, _ organization: NodeKey, _ connection: SQLiteConnection
    ) throws(StoreError) -> Bool {
        let known = try connection.first(
            """
            SELECT bytes FROM credentials
            WHERE organization=? AND kind='membership' AND subject=?
            """, [SQLValue(organization), .text(membership.member.base32)]
        ) { $0.bytes(0) }
        guard let known,
            let envelope = try? Envelope.decode(known, payloadMax: OrganizationSchema.bytesMax),
            let standing = try? Membership.decode(envelope.payload)
        else { return true }
        return standing.isBefore(membership)
    }

    static func leave(_ organization: NodeKey, _ connection: SQLiteConnection) throws(StoreError) {
        try connection.run(
            "DELETE FROM credentials WHERE organization=?", [SQLValue(organization)])
    }

    /// Every document of every organisation, oldest first.
    func credentials() throws(StoreError) -> [(organization: NodeKey, bytes: [UInt8])] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT organization, bytes FROM credentials
                ORDER BY organization, kind DESC, version, subject
                """
            ) { row throws(StoreError) in (try row.nodeKey(0), row.bytes(1)) }
        }
    }
}
