import Wire

/// A document that names the key which signs it, and counts only with that signature. It is kept
/// as the bytes that were signed.
public protocol SignedDocument: Sendable {
    /// DSSE payload type of the signed document.
    static var payloadType: String { get }

    /// The canonical bytes.
    var bytes: [UInt8] { get }

    /// The key that must sign it.
    var signer: NodeKey { get }

    /// The document of canonical bytes; every rule of its format is checked, the signature is not.
    static func decode(_ bytes: [UInt8]) throws(GenomeError) -> Self
}

extension SignedDocument {
    /// The document in an envelope, once its type and the signature of the key that it names are
    /// checked. `decode` reads the document of the payload; who read it before may say so.
    public static func verified(
        in envelope: Envelope, decode: ([UInt8]) throws(GenomeError) -> Self = Self.decode
    ) throws(GenomeError) -> Self {
        guard envelope.payloadType == payloadType else {
            throw .envelope(.otherType(envelope.payloadType))
        }
        let document = try decode(envelope.payload)
        guard envelope.isSigned(by: document.signer) else {
            throw .envelope(.notSigned(by: document.signer))
        }
        return document
    }

    /// The document in an envelope with the signature of `key`, which must be the one it names.
    public func signed(by key: SigningKey) -> Envelope {
        precondition(key.publicKey == signer, "a document is signed by the key it names")
        return Envelope.signed(bytes, type: Self.payloadType, by: key)
    }
}
