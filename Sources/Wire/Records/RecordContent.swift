/// What a record says, by type.
public enum RecordContent: Equatable, Sendable {
    /// Where a node is.
    case node(NodeContent)
    /// A layer from its publisher.
    case layer(LayerContent)
    /// A layer from a holder; names the publisher.
    case mirror(LayerContent, publisher: NodeKey)
    /// What a node holds.
    case holdings(HoldingsContent)
    /// The end of a record.
    case tombstone(TombstoneContent)
    /// A second key of the publisher.
    case delegation(DelegationContent)
    /// The end of the publisher's key.
    case keyRevocation(KeyRevocationContent)
    /// Result of challenging a mirror.
    case endorsement(EndorsementContent)

    /// The record type.
    public var type: RecordType {
        switch self {
        case .node: .node
        case .layer: .layer
        case .mirror: .mirror
        case .holdings: .holdings
        case .tombstone: .tombstone
        case .delegation: .delegation
        case .keyRevocation: .keyRevocation
        case .endorsement: .endorsement
        }
    }

    /// The type whose place it takes.
    var placeType: RecordType {
        if case .tombstone(let tombstone) = self { return tombstone.endedType }
        return type
    }

    /// The slot that this content must be in; `given` where the content does not decide it.
    func slot(for given: Slot) -> Slot {
        switch self {
        case .node, .keyRevocation: .only
        case .layer(let layer), .mirror(let layer, _): Slot(prefixOf: layer.layer)
        case .holdings(let holdings): holdings.slot
        case .tombstone(let tombstone): tombstone.slot
        case .delegation(let delegation): Slot(prefixOf: delegation.key.digest)
        case .endorsement(let endorsement): Slot(prefixOf: endorsement.mirror.digest)
        }
    }

    /// The place that it takes among those of a publisher.
    public func place(of publisher: NodeKey) -> SlotKey {
        SlotKey(publisher: publisher, type: placeType, slot: slot(for: .only))
    }

    init(type: RecordType, fields: RecordFields) throws(WireError) {
        switch type {
        case .node: self = .node(try NodeContent(fields))
        case .layer: self = .layer(try LayerContent(fields, isMirror: false))
        case .mirror:
            let publisher = try fields.required(LayerContent.publisherTag, "publisher") {
                (reader) throws(WireError) in try reader.readNodeKey()
            }
            self = .mirror(try LayerContent(fields, isMirror: true), publisher: publisher)
        case .holdings: self = .holdings(try HoldingsContent(fields))
        case .tombstone: self = .tombstone(try TombstoneContent(fields))
        case .delegation: self = .delegation(try DelegationContent(fields))
        case .keyRevocation: self = .keyRevocation(try KeyRevocationContent(fields))
        case .endorsement: self = .endorsement(try EndorsementContent(fields))
        }
    }

    func fields(signer: NodeKey?) -> RecordFields {
        var fields = RecordFields()
        fields.setDigest(1, signer?.digest)
        switch self {
        case .node(let content): content.write(to: &fields)
        case .layer(let content): content.write(to: &fields, publisher: nil)
        case .mirror(let content, let publisher):
            content.write(to: &fields, publisher: publisher)
        case .holdings(let content): content.write(to: &fields)
        case .tombstone(let content): content.write(to: &fields)
        case .delegation(let content): content.write(to: &fields)
        case .keyRevocation(let content): content.write(to: &fields)
        case .endorsement(let content): content.write(to: &fields)
        }
        return fields
    }
}
