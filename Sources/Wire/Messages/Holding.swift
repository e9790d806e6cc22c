/// What a peer has of a blob.
public struct Holding: Equatable, Sendable {
    /// How much of it.
    public enum Extent: Equatable, Sendable {
        /// Nothing that you may have.
        case none
        /// Every group.
        case complete
        /// The groups whose bits are set, least significant bit of the first byte first.
        case groups(bitmap: [UInt8])
    }

    /// The layer through which was asked.
    public let layer: Digest
    /// The blob.
    public let blob: Digest
    /// How much.
    public let extent: Extent

    /// A statement about a blob.
    public init(layer: Digest, blob: Digest, extent: Extent) {
        self.layer = layer
        self.blob = blob
        self.extent = extent
    }

    /// Whether the group is there.
    public func has(group: UInt64) -> Bool {
        switch extent {
        case .none: false
        case .complete: true
        case .groups(let bitmap):
            group / 8 < UInt64(bitmap.count)
                && bitmap[Int(group / 8)] >> UInt8(group % 8) & 1 == 1
        }
    }

    /// Whether it is a part.
    public var isPart: Bool {
        if case .groups = extent { return true }
        return false
    }

    /// The same with more groups, of `count` that the blob has; complete once none is missing.
    public func adding(_ runs: [Range<UInt64>], count: Int) -> Holding {
        guard case .groups(let bitmap) = extent else { return self }
        var set = GroupSet(count: count, firstOf: bitmap)
        for run in runs {
            for group in run.clamped(to: 0..<UInt64(count)) { set.insert(Int(group)) }
        }
        return Holding(
            layer: layer, blob: blob,
            extent: set.isComplete ? .complete : .groups(bitmap: set.bytes))
    }

    func encode(to writer: inout Writer) {
        writer.write(layer)
        writer.write(blob)
        switch extent {
        case .none: writer.write(UInt8(0))
        case .complete: writer.write(UInt8(1))
        case .groups(let bitmap):
            writer.write(UInt8(2))
            writer.writeCounted(bitmap)
        }
    }

    init(from reader: inout Reader) throws(WireError) {
        layer = try reader.readDigest()
        blob = try reader.readDigest()
        switch try reader.readUInt8() {
        case 0: extent = .none
        case 1: extent = .complete
        case 2:
            extent = .groups(
                bitmap: try reader.readCounted(limit: Limits.bitmapBytesMax, "bitmap"))
        default: throw .invalid("extent")
        }
    }
}
