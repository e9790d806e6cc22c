/// Encodes values into one growing byte array: big-endian integers, minimal varints.
public struct Writer {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]

    /// A writer with nothing written.
    public init(reserving capacity: Int = 64) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// One byte.
    public mutating func write(_ value: UInt8) {
        bytes.append(value)
    }

    /// Two bytes, big-endian.
    public mutating func write(_ value: UInt16) {
        for shift: UInt16 in [8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// Four bytes, big-endian.
    public mutating func write(_ value: UInt32) {
        for shift: UInt32 in [24, 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Eight bytes, big-endian.
    public mutating func write(_ value: UInt64) {
        for shift: UInt64 in [56, 48, 40, 32, 24, 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Raw bytes without a length.
    public mutating func write(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// The 32 bytes of a digest.
    public mutating func write(_ value: Digest) {
        bytes.append(contentsOf: value.bytes)
    }

    /// The 32 bytes of a key.
    public mutating func write(_ value: NodeKey) {
        bytes.append(contentsOf: value.bytes)
    }

    /// Unsigned LEB128: seven bits a byte, least significant first, always in the fewest bytes.
    public mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A varint byte count, then the bytes.
    public mutating func writeCounted(_ value: [UInt8]) {
        writeVarint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A varint byte count, then the UTF-8 of the text.
    public mutating func writeText(_ value: String) {
        writeCounted(Array(value.utf8))
    }
}
