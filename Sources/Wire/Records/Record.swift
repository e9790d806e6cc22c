/// Sixteen bytes that name one place of a publisher; the newest record of a place wins.
public struct Slot: Hashable, Comparable, Sendable {
    /// Number of bytes of a slot.
    public static let byteCount = 16

    /// The 16 bytes.
    public let bytes: [UInt8]

    /// A slot from exactly 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The first 16 bytes of a name.
    public init(prefixOf digest: Digest) {
        bytes = Array(digest.bytes.prefix(Self.byteCount))
    }

    /// The slot of record types that have only one.
    public static let only = Slot(prefixOf: Digest(words: (0, 0, 0, 0)))

    /// Byte order.
    public static func < (left: Slot, right: Slot) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// Publisher, type and slot: the place that at most one live record holds.
public struct SlotKey: Hashable, Sendable {
    /// Who writes here.
    public let publisher: NodeKey
    /// The type of the record, or of the record that a tombstone ended.
    public let type: RecordType
    /// The slot.
    public let slot: Slot

    /// A place.
    public init(publisher: NodeKey, type: RecordType, slot: Slot) {
        self.publisher = publisher
        self.type = type
        self.slot = slot
    }
}

/// The group that may see a record: everyone, or the members behind a random 16-byte tag.
public enum Domain: Hashable, Sendable {
    /// Everyone.
    case everyone
    /// Those who share a secret; the tag says which without naming it.
    case restricted(tag: [UInt8])
}

/// A signed statement of one node that gossip carries: at most 1,024 bytes, canonical, with a
/// sequence and an expiry.
///
/// `body ‖ signature(64)`; the id is BLAKE2b-256 of `plasmid-record-v1 ‖ body`, so that a
/// re-encoded signature makes no new record; the signature is Ed25519 over
/// `plasmid-record-signature-v1 ‖ id`.
public struct Record: Sendable {
    /// Format version of the first byte.
    public static let version: UInt8 = 1
    private static let idPrefix = Array("plasmid-record-v1".utf8)
    private static let signaturePrefix = Array("plasmid-record-signature-v1".utf8)

    /// Who says so.
    public let publisher: NodeKey
    /// The place it takes.
    public let slot: Slot
    /// Higher wins in its place.
    public let sequence: UInt64
    /// Milliseconds since 1970 when it was made.
    public let issued: UInt64
    /// Milliseconds since 1970 after which nobody keeps it.
    public let expires: UInt64
    /// Who may see it.
    public let domain: Domain
    /// The delegated key that signed, nil when the publisher signed.
    public let signer: NodeKey?
    /// What it says.
    public let content: RecordContent
    /// The exact bytes, with the signature.
    public let bytes: [UInt8]
    /// BLAKE2b-256 name of the body.
    public let id: Digest

    /// What it is about.
    public var type: RecordType { content.type }

    /// The place it takes; a tombstone takes the place of what it ends.
    public var slotKey: SlotKey {
        SlotKey(publisher: publisher, type: content.placeType, slot: slot)
    }

    /// Decodes exact bytes. Checks form, sizes, slot and life, not the signature.
    public init(bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Limits.recordBytesMax else { throw .tooLarge("record") }
        guard bytes.count > Signature.byteCount else { throw .truncated }
        let body = Array(bytes.dropLast(Signature.byteCount))
        var reader = Reader(body)
        guard try reader.readUInt8() == Self.version else { throw .unsupported("record version") }
        guard let type = RecordType(rawValue: try reader.readUInt8()) else {
            throw .unsupported("record type")
        }
        guard try reader.readUInt8() == 0 else { throw .unsupported("record flags") }
        publisher = try reader.readNodeKey()
        guard let slot = Slot(bytes: try reader.readBytes(Slot.byteCount)) else {
            throw .truncated
        }
        self.slot = slot
        sequence = try reader.readUInt64()
        issued = try reader.readUInt64()
        expires = try reader.readUInt64()
        domain = try Self.readDomain(&reader)
        let fields = try RecordFields(from: &reader)
        signer = try fields.optional(1) { (reader) throws(WireError) in try reader.readNodeKey() }
        content = try RecordContent(type: type, fields: fields)
        self.bytes = bytes
        id = Self.identifier(of: body)
        guard slot == content.slot(for: slot) else { throw .invalid("slot") }
        try Self.checkLife(type, issued: issued, expires: expires)
    }

    private static func readDomain(_ reader: inout Reader) throws(WireError) -> Domain {
        switch try reader.readUInt8() {
        case 0: return .everyone
        case 1: return .restricted(tag: try reader.readBytes(16))
        default: throw .unsupported("record domain")
        }
    }

    private static func checkLife(
        _ type: RecordType, issued: UInt64, expires: UInt64
    ) throws(WireError) {
        guard let life = type.lifeMaxMilliseconds else {
            guard expires == .max else { throw .invalid("a permanent record expires") }
            return
        }
        guard expires > issued, expires - issued <= life else { throw .invalid("life") }
    }

    static func identifier(of body: [UInt8]) -> Digest {
        guard let id = Digest(bytes: Sodium.blake2b(idPrefix + body, count: 32)) else {
            preconditionFailure("BLAKE2b-256 has 32 bytes")
        }
        return id
    }

    /// What a record's signature is over.
    public static func signingInput(id: Digest) -> [UInt8] { signaturePrefix + id.bytes }

    /// Whether the signature is the publisher's, or the delegated signer's, over this record.
    /// A delegation itself must be looked up by the caller.
    public var isSignatureValid: Bool {
        guard let signature = Signature(bytes: Array(bytes.suffix(Signature.byteCount))) else {
            return false
        }
        return signature.isValid(over: Self.signingInput(id: id), by: signer ?? publisher)
    }

    /// Whether the record's time is over, allowing for clock skew.
    public func isExpired(at wallMilliseconds: UInt64) -> Bool {
        expires != .max
            && wallMilliseconds
                > expires.addingReportingOverflow(Limits.clockSkewMilliseconds)
                .partialValue
    }

    /// Whether the record claims to be from further in the future than clocks differ.
    public func isFromTheFuture(at wallMilliseconds: UInt64) -> Bool {
        issued > wallMilliseconds + Limits.clockSkewMilliseconds
    }

    /// Whether this record takes the place of `other`: the higher sequence, and of two records
    /// with one sequence (an equivocation) the one with the lower id, so that all nodes agree.
    public func supersedes(sequence other: UInt64, id otherID: Digest) -> Bool {
        sequence == other ? id < otherID : sequence > other
    }
}

extension Record: Equatable {
    /// Equal when all bytes are.
    public static func == (left: Record, right: Record) -> Bool {
        left.bytes == right.bytes
    }
}

/// A record that waits for its signature.
public struct UnsignedRecord: Sendable {
    private let body: [UInt8]
    private let id: Digest

    /// Lays out a record of `publisher`, to be signed by it or by `signer`.
    public init(
        publisher: NodeKey, sequence: UInt64, issued: UInt64, expires: UInt64,
        domain: Domain = .everyone, signer: NodeKey? = nil, content: RecordContent
    ) {
        var writer = Writer(reserving: Limits.recordBytesMax)
        writer.write(Record.version)
        writer.write(content.type.rawValue)
        writer.write(UInt8(0))
        writer.write(publisher)
        writer.write(content.slot(for: .only).bytes)
        writer.write(sequence)
        writer.write(issued)
        writer.write(expires)
        switch domain {
        case .everyone: writer.write(UInt8(0))
        case .restricted(let tag):
            precondition(tag.count == 16)
            writer.write(UInt8(1))
            writer.write(tag)
        }
        content.fields(signer: signer).encode(to: &writer)
        body = writer.bytes
        id = Record.identifier(of: body)
    }

    /// Bytes that the record has with its signature.
    public var byteCount: Int { body.count + Signature.byteCount }

    /// The exact bytes that the key signs.
    public var signingInput: [UInt8] { Record.signingInput(id: id) }

    /// The record with its signature; refused when it breaks a limit of the format.
    public func signed(_ signature: Signature) throws(WireError) -> Record {
        try Record(bytes: body + signature.bytes)
    }
}
