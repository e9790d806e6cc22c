import Wire

/// Why an envelope is not accepted.
public enum EnvelopeFault: Hashable, Sendable, CustomStringConvertible {
    /// Not the three members of a DSSE envelope, or one of another type.
    case malformed(String)
    /// More signatures than anyone needs to check.
    case tooManySignatures
    /// Another kind of document than asked for.
    case otherType(String)
    /// No valid signature by the key that must have signed.
    case notSigned(by: NodeKey)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .malformed(let part): "not a DSSE envelope: \(part) is missing or wrong"
        case .tooManySignatures:
            "the envelope holds more than \(Envelope.signaturesMax) signatures"
        case .otherType(let type): "the envelope holds \(PlainText.shown(type)), not what was asked"
        case .notSigned(let key): "no valid signature by \(key.fingerprint)"
        }
    }
}

/// A signed document in a DSSE envelope (Dead Simple Signing Envelope 1.0): payload bytes, their
/// type, and Ed25519 signatures over both.
///
/// The payload is kept as the bytes that were signed and is never written anew. Key hints inside
/// an envelope are not authenticated and decide nothing here.
public struct Envelope: Hashable, Sendable {
    /// Most signatures an envelope may hold: bounds the work of checking a hostile one.
    public static let signaturesMax = 16

    /// One signature with the hint which key may have made it.
    public struct Entry: Hashable, Sendable {
        /// Whatever the signer wrote as key id; ours is the base32 key. Only a hint.
        public let hint: String
        /// The Ed25519 signature over the pre-authentication encoding.
        public let signature: Signature

        /// A signature with its hint.
        public init(hint: String, signature: Signature) {
            self.hint = hint
            self.signature = signature
        }
    }

    /// What kind of document the payload is.
    public let payloadType: String
    /// The signed bytes.
    public let payload: [UInt8]
    /// The signatures, not checked yet.
    public private(set) var entries: [Entry]

    /// An envelope from its parts.
    public init(payloadType: String, payload: [UInt8], entries: [Entry] = []) {
        precondition(entries.count <= Self.signaturesMax)
        self.payloadType = payloadType
        self.payload = payload
        self.entries = entries
    }

    /// An envelope with one signature by `key`.
    public static func signed(
        _ payload: [UInt8], type: String, by key: SigningKey
    ) -> Envelope {
        var envelope = Envelope(payloadType: type, payload: payload)
        envelope.add(signatureBy: key)
        return envelope
    }

    /// Adds a signature by `key` in front of none, behind the others.
    public mutating func add(signatureBy key: SigningKey) {
        precondition(entries.count < Self.signaturesMax)
        let signature = key.sign(Self.signedBytes(type: payloadType, payload: payload))
        entries.append(Entry(hint: key.publicKey.base32, signature: signature))
    }

    /// Adds a signature that was made elsewhere, once it is found to be `key`'s over this
    /// document.
    public mutating func add(_ signature: Signature, by key: NodeKey) throws(GenomeError) {
        guard entries.count < Self.signaturesMax else { throw .envelope(.tooManySignatures) }
        let message = Self.signedBytes(type: payloadType, payload: payload)
        guard signature.isValid(over: message, by: key) else {
            throw .envelope(.notSigned(by: key))
        }
        entries.append(Entry(hint: key.base32, signature: signature))
    }

    /// The bytes that are signed: DSSE's pre-authentication encoding
    /// `DSSEv1 <length> <type> <length> <payload>`, lengths in decimal bytes.
    public static func signedBytes(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// Whether any of the signatures is `key`'s; hints are not looked at.
    public func isSigned(by key: NodeKey) -> Bool {
        let message = Self.signedBytes(type: payloadType, payload: payload)
        return entries.contains { $0.signature.isValid(over: message, by: key) }
    }

    /// The payload, once its type and a signature by `key` were checked.
    public func verifiedPayload(
        type: String, by key: NodeKey
    ) throws(GenomeError) -> [UInt8] {
        guard payloadType == type else { throw .envelope(.otherType(payloadType)) }
        guard isSigned(by: key) else { throw .envelope(.notSigned(by: key)) }
        return payload
    }

    /// How many different keys of `keys` signed: a threshold counts keys, not signatures.
    public func signers(among keys: Set<NodeKey>) -> Set<NodeKey> {
        let message = Self.signedBytes(type: payloadType, payload: payload)
        return keys.filter { key in
            entries.contains { $0.signature.isValid(over: message, by: key) }
        }
    }
}

extension Envelope {
    /// The canonical JSON of the envelope: standard base64, one text for one envelope.
    public func encode() -> [UInt8] {
        let signatures = entries.map { entry -> JSONValue in
            [
                "keyid": .string(entry.hint),
                "sig": .string(Base64.encode(entry.signature.bytes)),
            ]
        }
        return CanonicalJSON.write([
            "payload": .string(Base64.encode(payload)),
            "payloadType": .string(payloadType),
            "signatures": .array(signatures),
        ])
    }

    /// Reads an envelope whose payload is at most `payloadMax` bytes. The JSON need not be
    /// canonical: envelopes of other programs are accepted; only their payload was signed. A
    /// draft may have no signature yet.
    public static func decode(
        _ bytes: [UInt8], payloadMax: Int, isDraft: Bool = false
    ) throws(GenomeError) -> Envelope {
        let limits = JSONLimits(bytes: payloadMax / 3 * 4 + 65_536, depth: 4, values: 256)
        guard let object = try JSONParser.parse(bytes, limits: limits).object else {
            throw .envelope(.malformed("the object"))
        }
        guard let type = object["payloadType"]?.string, type.utf8.count <= 256,
            PlainText.isPlain(type)
        else { throw .envelope(.malformed("payloadType")) }
        guard let payload = object["payload"]?.string.flatMap({ Base64.decode($0) }) else {
            throw .envelope(.malformed("payload"))
        }
        guard payload.count <= payloadMax else {
            throw .tooLarge(what: "signed document", limit: payloadMax)
        }
        guard let list = object["signatures"]?.array, isDraft || !list.isEmpty else {
            throw .envelope(.malformed("signatures"))
        }
        guard list.count <= signaturesMax else { throw .envelope(.tooManySignatures) }
        var entries: [Entry] = []
        for element in list { entries.append(try decodeEntry(element)) }
        return Envelope(payloadType: type, payload: payload, entries: entries)
    }

    private static func decodeEntry(_ value: JSONValue) throws(GenomeError) -> Entry {
        let hint = value["keyid"] ?? ""
        guard let hint = hint.string, hint.utf8.count <= 256, PlainText.isPlain(hint) else {
            throw .envelope(.malformed("keyid"))
        }
        guard let text = value["sig"]?.string, let bytes = Base64.decode(text),
            let signature = Signature(bytes: bytes)
        else { throw .envelope(.malformed("sig")) }
        return Entry(hint: hint, signature: signature)
    }
}
