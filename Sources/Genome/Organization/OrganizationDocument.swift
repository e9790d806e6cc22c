import Wire

/// The three kinds of documents by which an organisation speaks, told apart before they are
/// checked.
public enum OrganizationDocument {
    /// The organisation that a document in an envelope names; nil for one that is not well-formed
    /// or of another kind. No signature is checked.
    public static func organization(of envelope: Envelope) -> NodeKey? {
        switch envelope.payloadType {
        case OrganizationRoot.payloadType:
            try? OrganizationRoot.decode(envelope.payload).organization
        case Membership.payloadType: try? Membership.decode(envelope.payload).organization
        case RevocationList.payloadType:
            try? RevocationList.decode(envelope.payload).organization
        default: nil
        }
    }

    /// Whether the bytes are an envelope with a revocation list.
    public static func isRevocationList(_ bytes: [UInt8]) -> Bool {
        payload(ofList: bytes) != nil
    }

    /// The bytes of the revocation list in the envelope of `bytes`; nil where there is none.
    public static func payload(ofList bytes: [UInt8]) -> [UInt8]? {
        let envelope = try? Envelope.decode(bytes, payloadMax: OrganizationSchema.bytesMax)
        return envelope?.payloadType == RevocationList.payloadType ? envelope?.payload : nil
    }
}
