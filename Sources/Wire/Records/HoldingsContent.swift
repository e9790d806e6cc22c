/// The public layers that a node holds whose ids begin with the same bits: a set, split over
/// several records so that each stays within one datagram.
public struct HoldingsContent: Equatable, Sendable {
    /// Most prefix bits: 65,536 records of about 500 layers.
    public static let prefixBitsMax: UInt8 = 16
    /// Most layers in one record: 12 bits each leave room for the other fields.
    public static let layersMax = 520

    /// Number of leading bits of the layer ids that select this record.
    public let prefixBits: UInt8
    /// The value of those bits.
    public let prefix: UInt16
    /// The set over bytes 8 to 15 of each layer id.
    public let set: GolombSet

    /// The set of those of `layers` that begin with `prefix`.
    public init(layers: [Digest], prefixBits: UInt8, prefix: UInt16) {
        precondition(prefixBits <= Self.prefixBitsMax)
        self.prefixBits = prefixBits
        self.prefix = prefix
        set = GolombSet(
            layers.filter { Self.prefix(of: $0, bits: prefixBits) == prefix }.map(\.words.1))
    }

    /// All records' contents for `layers`, split by as few prefix bits as the size limit needs.
    public static func split(_ layers: [Digest]) -> [HoldingsContent] {
        for bits in UInt8(0)...prefixBitsMax {
            var parts = [[Digest]](repeating: [], count: 1 << Int(bits))
            for layer in layers { parts[Int(prefix(of: layer, bits: bits))].append(layer) }
            guard parts.allSatisfy({ $0.count <= layersMax }) else { continue }
            return parts.enumerated().filter { !$0.element.isEmpty }.map { value, part in
                HoldingsContent(layers: part, prefixBits: bits, prefix: UInt16(value))
            }
        }
        return []
    }

    /// Whether the node (probably) holds `layer`, as far as this record covers it.
    public func contains(_ layer: Digest) -> Bool {
        Self.prefix(of: layer, bits: prefixBits) == prefix && set.contains(layer.words.1)
    }

    private static func prefix(of layer: Digest, bits: UInt8) -> UInt16 {
        bits == 0 ? 0 : UInt16(layer.words.0 >> (64 - UInt64(bits)))
    }

    /// The place of the record: its prefix.
    public var slot: Slot {
        let name = UInt64(prefixBits) << 56 | UInt64(prefix) << 40
        return Slot(prefixOf: Digest(words: (name, 0, 0, 0)))
    }

    init(_ fields: RecordFields) throws(WireError) {
        try fields.requireKnown([1, 3, 5])
        (prefixBits, prefix) = try fields.required(3, "prefix") { (reader) throws(WireError) in
            (try reader.readUInt8(), try reader.readUInt16())
        }
        guard prefixBits <= Self.prefixBitsMax,
            UInt32(prefix) < UInt32(1) << UInt32(prefixBits)
        else { throw .invalid("prefix") }
        set = try fields.required(5, "set") { (reader) throws(WireError) in
            let count = try reader.readCount(limit: Self.layersMax, "layers")
            return try GolombSet(count: count, bytes: try reader.readBytes(reader.remaining))
        }
    }

    func write(to fields: inout RecordFields) {
        fields.set(3) { writer in
            writer.write(prefixBits)
            writer.write(prefix)
        }
        fields.set(5) { writer in
            writer.writeVarint(UInt64(set.count))
            writer.write(set.bytes)
        }
    }
}
