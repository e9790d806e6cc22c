import Genome
import Host
import Wire

/// Whose word on licences counts, and the documents that carry it.
extension Library {
    /// Lets a key's readings of licences and its waivers count here, or no longer.
    public func setSteward(_ key: NodeKey, isTrusted: Bool) throws(StoreError) {
        try record(.steward(key: key, isTrusted: isTrusted))
    }

    /// Keeps a signed mapping or stub and gives it. One that is not newer than what is kept is
    /// refused; whether its signer counts is the caller's to ask.
    @discardableResult
    public func add(licenceDocument envelope: Envelope) throws(StoreError) -> LicenceDocument {
        let bytes = envelope.encode()
        let document: LicenceDocument
        do throws(GenomeError) {
            document = try LicenceDocument.verified(in: envelope)
        } catch {
            throw .refused("the document is not valid: \(error.description)")
        }
        let known = try index.licenceDocuments().first { known in
            known.document.kind == document.kind && known.document.signer == document.signer
                && known.document.subject == document.subject
        }
        if let known {
            if known.envelope == bytes { return document }
            guard known.document.order < document.order else {
                throw .refused("a newer \(document.kind) by \(document.signer.fingerprint) is here")
            }
        }
        try record(.licence(envelope: bytes))
        return document
    }

    /// The document in an envelope's bytes; nil unless it is one with a good signature.
    static func licenceDocument(in bytes: [UInt8]) -> LicenceDocument? {
        guard
            let envelope = try? Envelope.decode(bytes, payloadMax: LicenceDocument.bytesMax)
        else { return nil }
        return try? LicenceDocument.verified(in: envelope)
    }
}
