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
        guard case .groups(var bitmap) = extent else { return self }
        let needed = (count + 7) / 8
        if bitmap.count < needed { bitmap += [UInt8](repeating: 0, count: needed - bitmap.count) }
        for run in runs {
            for group in run.clamped(to: 0..<UInt64(count)) {
                bitmap[Int(group / 8)] |= 1 << UInt8(group % 8)
            }
        }
        let missing = (0..<count).contains { bitmap[$0 / 8] >> UInt8($0 % 8) & 1 == 0 }
        return Holding(
            layer: layer, blob: blob, extent: missing ? .groups(bitmap: bitmap) : .complete)
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
