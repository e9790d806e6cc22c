import Genome
import Wire

/// Something this node or its owner decided or vouched for.
public enum JournalChange: Equatable, Sendable {
    /// A layer shared here, with the signatures over its manifest. The manifest is a blob.
    case share(layer: Digest, signatures: [Envelope.Entry])
    /// A layer fetched from others and kept.
    case fetch(layer: Digest, signatures: [Envelope.Entry])
    /// A layer to be kept whatever happens.
    case pin(layer: Digest)
    /// The end of a pin.
    case unpin(layer: Digest)
    /// A layer removed here.
    case remove(layer: Digest)
    /// A key whose names are believed, or no longer.
    case trust(key: NodeKey, isTrusted: Bool)
    /// A key whose readings of licences and waivers count here, or no longer.
    case steward(key: NodeKey, isTrusted: Bool)
    /// A mapping of licences or the stub of a layer; the envelope's canonical bytes.
    case licence(envelope: [UInt8])
    /// A setting of the owner.
    case policy(name: String, value: String)
    /// Something said and signed about a layer; the envelope's canonical bytes.
    case statement(layer: Digest, envelope: [UInt8])
    /// A document of an organisation that this node belongs to or speaks for; the envelope's
    /// canonical bytes.
    case organization(NodeKey, envelope: [UInt8])
    /// A contract that sealed blobs are kept, here or by another; the envelope's canonical bytes.
    case hold(Digest, envelope: [UInt8])
    /// All blobs of a contract are where they should be.
    case holdComplete(Digest)
    /// The end of a contract.
    case holdEnd(Digest)
    /// What came of a storage challenge: the receipt's bytes, and whether it is about what everyone
    /// may know of.
    case receipt([UInt8], isPublic: Bool)
    /// The end of belonging to an organisation.
    case leave(NodeKey)
    /// A part of the log of access decisions that is closed: its entries' number and Merkle root.
    case access(segment: UInt64, count: UInt64, root: Digest)

    /// The word for it in the journal.
    public var kind: String {
        switch self {
        case .share: "share"
        case .fetch: "fetch"
        case .pin: "pin"
        case .unpin: "unpin"
        case .remove: "remove"
        case .trust: "trust"
        case .steward: "steward"
        case .licence: "licence"
        case .policy: "policy"
        case .statement: "statement"
        case .organization: "organization"
        case .hold: "hold"
        case .holdComplete: "hold-complete"
        case .holdEnd: "hold-end"
        case .receipt: "receipt"
        case .leave: "leave"
        case .access: "access"
        }
    }
}

extension JournalChange {
    /// What its entry holds beside kind, number and time.
    var members: [(name: String, value: JSONValue)] {
        switch self {
        case .share(let layer, let signatures), .fetch(let layer, let signatures):
            [
                ("layer", .string(layer.hexadecimal)),
                ("signatures", .array(signatures.map(Self.json))),
            ]
        case .pin(let layer), .unpin(let layer), .remove(let layer):
            [("layer", .string(layer.hexadecimal))]
        case .licence(let envelope): [Self.text(envelope)]
        case .trust(let key, let isTrusted), .steward(let key, let isTrusted):
            [("key", .string(key.base32)), ("trusted", .bool(isTrusted))]
        case .policy(let name, let value): [("name", .string(name)), ("value", .string(value))]
        case .statement(let layer, let envelope):
            [("layer", .string(layer.hexadecimal)), Self.text(envelope)]
        case .organization(let organization, let envelope):
            [("organization", .string(organization.base32)), Self.text(envelope)]
        case .hold(let contract, let envelope):
            [("contract", .string(contract.hexadecimal)), Self.text(envelope)]
        case .holdComplete(let contract), .holdEnd(let contract):
            [("contract", .string(contract.hexadecimal))]
        case .receipt(let bytes, let isPublic):
            [("receipt", .string(Base64.encode(bytes))), ("public", .bool(isPublic))]
        case .leave(let organization): [("organization", .string(organization.base32))]
        case .access(let segment, let count, let root):
            [
                ("segment", .integer(Int64(clamping: segment))),
                ("count", .integer(Int64(clamping: count))),
                ("root", .string(root.hexadecimal)),
            ]
        }
    }

    private static func text(_ envelope: [UInt8]) -> (name: String, value: JSONValue) {
        ("envelope", .string(String(decoding: envelope, as: UTF8.self)))
    }

    private static func json(_ entry: Envelope.Entry) -> JSONValue {
        [
            "keyid": .string(entry.hint),
            "sig": .string(Base64.encode(entry.signature.bytes)),
        ]
    }
}

/// One entry of the journal: a change with its number and time.
public struct JournalEvent: Equatable, Sendable {
    /// 1 for the first entry.
    public let sequence: UInt64
    /// Milliseconds since 1970.
    public let time: UInt64
    /// What changed; nil for a kind that a newer program wrote.
    public let change: JournalChange?
    /// The canonical bytes.
    public let bytes: [UInt8]

    /// Most bytes of an entry: what its 16-bit length can say.
    static let bytesMax = 65_535

    /// A change with the number that it gets.
    init(_ draft: JournalDraft, sequence: UInt64) {
        self.sequence = sequence
        time = draft.time
        change = draft.change
        bytes = draft.bytes(sequence)
    }

    /// Reads an entry; nil unless it is a canonical one.
    init?(bytes: [UInt8]) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 8, values: 10_000)
        guard let value = try? CanonicalJSON.read(bytes, limits: limits, what: "journal entry"),
            let sequence = value["seq"]?.integer, sequence > 0,
            let time = value["time"]?.integer, time >= 0,
            let kind = value["kind"]?.string
        else { return nil }
        self.sequence = UInt64(sequence)
        self.time = UInt64(time)
        self.bytes = bytes
        change = Self.change(kind, value)
        if change == nil && Self.kinds.contains(kind) { return nil }
    }

    private static let kinds = [
        "share", "fetch", "pin", "unpin", "remove", "trust", "steward", "licence", "policy",
        "statement", "organization", "leave", "access", "hold", "hold-complete", "hold-end",
        "receipt",
    ]

    private static func change(_ kind: String, _ value: JSONValue) -> JournalChange? {
        let layer = value["layer"]?.string.flatMap { Digest(hexadecimal: $0) }
        switch kind {
        case "share", "fetch":
            guard let layer, let list = value["signatures"]?.array else { return nil }
            let signatures = list.compactMap(entry)
            guard signatures.count == list.count else { return nil }
            return kind == "share"
                ? .share(layer: layer, signatures: signatures)
                : .fetch(layer: layer, signatures: signatures)
        case "pin": return layer.map { .pin(layer: $0) }
        case "unpin": return layer.map { .unpin(layer: $0) }
        case "remove": return layer.map { .remove(layer: $0) }
        case "licence":
            return value["envelope"]?.string.map { .licence(envelope: Array($0.utf8)) }
        case "trust", "steward":
            guard let key = value["key"]?.string.flatMap({ NodeKey(base32: $0) }),
                let isTrusted = value["trusted"]?.bool
            else { return nil }
            return kind == "trust"
                ? .trust(key: key, isTrusted: isTrusted) : .steward(key: key, isTrusted: isTrusted)
        case "policy":
            guard let name = value["name"]?.string, let text = value["value"]?.string else {
                return nil
            }
            return .policy(name: name, value: text)
        case "statement":
            guard let layer, let text = value["envelope"]?.string else { return nil }
            return .statement(layer: layer, envelope: Array(text.utf8))
        default: return closing(kind, value)
        }
    }

    private static func closing(_ kind: String, _ value: JSONValue) -> JournalChange? {
        let organization = value["organization"]?.string.flatMap { NodeKey(base32: $0) }
        let contract = value["contract"]?.string.flatMap { Digest(hexadecimal: $0) }
        switch kind {
        case "organization":
            guard let organization, let text = value["envelope"]?.string else { return nil }
            return .organization(organization, envelope: Array(text.utf8))
        case "hold":
            guard let contract, let text = value["envelope"]?.string else { return nil }
            return .hold(contract, envelope: Array(text.utf8))
        case "hold-complete": return contract.map { .holdComplete($0) }
        case "hold-end": return contract.map { .holdEnd($0) }
        case "receipt":
            guard let bytes = value["receipt"]?.string.flatMap({ Base64.decode($0) }),
                let isPublic = value["public"]?.bool
            else { return nil }
            return .receipt(bytes, isPublic: isPublic)
        case "leave": return organization.map { .leave($0) }
        case "access":
            guard let segment = value["segment"]?.integer.flatMap({ UInt64(exactly: $0) }),
                let count = value["count"]?.integer.flatMap({ UInt64(exactly: $0) }),
                let root = value["root"]?.string.flatMap({ Digest(hexadecimal: $0) })
            else { return nil }
            return .access(segment: segment, count: count, root: root)
        default: return nil
        }
    }

    private static func entry(_ value: JSONValue) -> Envelope.Entry? {
        guard let hint = value["keyid"]?.string,
            let bytes = value["sig"]?.string.flatMap({ Base64.decode($0) }),
            let signature = Signature(bytes: bytes)
        else { return nil }
        return Envelope.Entry(hint: hint, signature: signature)
    }
}
