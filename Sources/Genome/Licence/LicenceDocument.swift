import Wire

/// A signed document that carries terms apart from a manifest.
public enum LicenceDocument: Sendable {
    /// What a steward reads in licences that the catalogue lacks.
    case mapping(LicenceMapping)
    /// What a publisher says of the terms of a layer that others may not see.
    case stub(LicenceStub)

    /// Longest document in bytes.
    public static let bytesMax = max(LicenceMapping.bytesMax, LicenceStub.bytesMax)

    /// The document in an envelope, once its signature was found good.
    public static func verified(in envelope: Envelope) throws(GenomeError) -> LicenceDocument {
        switch envelope.payloadType {
        case LicenceMapping.payloadType: .mapping(try LicenceMapping.verified(in: envelope))
        case LicenceStub.payloadType: .stub(try LicenceStub.verified(in: envelope))
        default: throw .envelope(.otherType(envelope.payloadType))
        }
    }

    /// Who signed it.
    public var signer: NodeKey {
        switch self {
        case .mapping(let mapping): mapping.steward
        case .stub(let stub): stub.publisher
        }
    }

    /// The word for it.
    public var kind: String {
        switch self {
        case .mapping: "mapping"
        case .stub: "stub"
        }
    }

    /// What it is about: the layer of a stub; nothing for a mapping, of which a steward has one.
    public var subject: [UInt8] {
        switch self {
        case .mapping: []
        case .stub(let stub): stub.layer.bytes
        }
    }

    /// The greater one replaces the other: a mapping's sequence, the time of a stub.
    public var order: UInt64 {
        switch self {
        case .mapping(let mapping): mapping.sequence
        case .stub(let stub): UInt64(max(0, stub.issued))
        }
    }
}
