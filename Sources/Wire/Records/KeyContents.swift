/// The end of another record of the same publisher: it takes that record's place with a higher
/// sequence and lives exactly as long as the ended record could have.
public struct TombstoneContent: Equatable, Sendable {
    /// The type of the ended record.
    public let endedType: RecordType
    /// The ended record's slot.
    public let slot: Slot
    /// Why, in words, for people.
    public let reason: String?
    /// Whether the publisher takes the layer itself back: whoever holds it stops serving it.
    /// Otherwise only this record of it ended.
    public let isWithdrawal: Bool

    /// The end of the record in `slot`.
    public init(
        endedType: RecordType, slot: Slot, reason: String?, isWithdrawal: Bool = false
    ) {
        self.endedType = endedType
        self.slot = slot
        self.reason = reason
        self.isWithdrawal = isWithdrawal
    }

    init(_ fields: RecordFields) throws(WireError) {
        try fields.requireKnown([1, 3, 5])
        let number = try fields.required(3, "type") { (r) throws(WireError) in
            try r.readUInt8()
        }
        guard let type = RecordType(rawValue: number), type != .tombstone,
            type != .keyRevocation
        else { throw .invalid("ended type") }
        endedType = type
        slot = try fields.required(5, "slot") { (reader) throws(WireError) in
            guard let slot = Slot(bytes: try reader.readBytes(Slot.byteCount)) else {
                throw .truncated
            }
            return slot
        }
        reason = try fields.text(6, limit: Limits.summaryBytesMax, "reason")
        let flag = try fields.optional(8) { (r) throws(WireError) in try r.readVarint() }
        guard flag == nil || flag == 1 && type == .layer else { throw .invalid("withdrawal") }
        isWithdrawal = flag == 1
    }

    func write(to fields: inout RecordFields) {
        fields.set(3) { writer in writer.write(endedType.rawValue) }
        fields.set(5) { writer in writer.write(slot.bytes) }
        fields.setText(6, reason)
        if isWithdrawal { fields.setNumber(8, 1) }
    }
}

/// A second key that may sign for the publisher until the record expires.
public struct DelegationContent: Equatable, Sendable {
    /// What the key may do, as bits.
    public struct Rights: OptionSet, Sendable {
        /// The bits on the wire.
        public let rawValue: UInt64

        /// From the bits; unknown ones are kept and grant nothing.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// Sign records and manifests as the publisher.
        public static let publish = Rights(rawValue: 1)
        /// Ask for what the publisher was granted.
        public static let fetch = Rights(rawValue: 2)
    }

    /// The delegated key.
    public let key: NodeKey
    /// What it may do.
    public let rights: Rights
    /// The machine's name, for people.
    public let label: String?

    /// A delegation of `rights` to `key`.
    public init(key: NodeKey, rights: Rights, label: String?) {
        self.key = key
        self.rights = rights
        self.label = label
    }

    init(_ fields: RecordFields) throws(WireError) {
        try fields.requireKnown([1, 3, 5])
        key = try fields.required(3, "key") { (r) throws(WireError) in try r.readNodeKey() }
        let bits = try fields.required(5, "rights") { (r) throws(WireError) in
            try r.readVarint()
        }
        rights = Rights(rawValue: bits)
        label = try fields.text(6, limit: Limits.labelBytesMax, "label")
    }

    func write(to fields: inout RecordFields) {
        fields.setDigest(3, key.digest)
        fields.setNumber(5, rights.rawValue)
        fields.setText(6, label)
    }
}

/// The end of the publisher's key, for ever: every record it signed is dropped.
public struct KeyRevocationContent: Equatable, Sendable {
    /// The key that takes over, if any.
    public let successor: NodeKey?
    /// Why, for people.
    public let reason: String?

    /// A revocation.
    public init(successor: NodeKey?, reason: String?) {
        self.successor = successor
        self.reason = reason
    }

    init(_ fields: RecordFields) throws(WireError) {
        try fields.requireKnown([1])
        successor = try fields.optional(4) { (r) throws(WireError) in try r.readNodeKey() }
        reason = try fields.text(6, limit: Limits.summaryBytesMax, "reason")
    }

    func write(to fields: inout RecordFields) {
        fields.setDigest(4, successor?.digest)
        fields.setText(6, reason)
    }
}

/// What a verifier found when it challenged a mirror: counts since the contract began and the
/// Merkle root (RFC 6962, SHA-256) of the receipts signed by both.
public struct EndorsementContent: Equatable, Sendable {
    /// The challenged node.
    public let mirror: NodeKey
    /// Challenges sent.
    public let challenged: UInt64
    /// Answered rightly within the deadline.
    public let passed: UInt64
    /// Answered wrongly or not.
    public let failed: UInt64
    /// Root over the receipts.
    public let receipts: Digest

    /// The result of challenging `mirror`.
    public init(
        mirror: NodeKey, challenged: UInt64, passed: UInt64, failed: UInt64, receipts: Digest
    ) {
        self.mirror = mirror
        self.challenged = challenged
        self.passed = passed
        self.failed = failed
        self.receipts = receipts
    }

    init(_ fields: RecordFields) throws(WireError) {
        try fields.requireKnown([1, 3, 5, 7])
        mirror = try fields.required(3, "mirror") { (r) throws(WireError) in
            try r.readNodeKey()
        }
        (challenged, passed, failed) = try fields.required(5, "counts") {
            (reader) throws(WireError) in
            (try reader.readVarint(), try reader.readVarint(), try reader.readVarint())
        }
        let answered = passed.addingReportingOverflow(failed)
        guard !answered.overflow, answered.partialValue <= challenged else {
            throw .invalid("counts")
        }
        receipts = try fields.required(7, "receipts") { (r) throws(WireError) in
            try r.readDigest()
        }
    }

    func write(to fields: inout RecordFields) {
        fields.setDigest(3, mirror.digest)
        fields.set(5) { writer in
            for count in [challenged, passed, failed] { writer.writeVarint(count) }
        }
        fields.setDigest(7, receipts)
    }
}
