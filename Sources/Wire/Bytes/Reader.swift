/// Decodes values from bytes that a peer sent. Total: it never traps, and it never allocates
/// by a length that it has not compared with a limit and with the bytes that are there.
public struct Reader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// A reader over all of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// Number of bytes not read yet.
    public var remaining: Int { end - position }

    /// Whether every byte was read.
    public var isAtEnd: Bool { position == end }

    /// Number of bytes read so far.
    public var offset: Int { position }

    /// Refuses bytes after the last field.
    public func finish() throws(WireError) {
        guard isAtEnd else { throw .trailingBytes }
    }

    /// One byte.
    public mutating func readUInt8() throws(WireError) -> UInt8 {
        guard position < end else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// Two bytes, big-endian.
    public mutating func readUInt16() throws(WireError) -> UInt16 {
        UInt16(truncatingIfNeeded: try readBigEndian(byteCount: 2))
    }

    /// Four bytes, big-endian.
    public mutating func readUInt32() throws(WireError) -> UInt32 {
        UInt32(truncatingIfNeeded: try readBigEndian(byteCount: 4))
    }

    /// Eight bytes, big-endian.
    public mutating func readUInt64() throws(WireError) -> UInt64 {
        try readBigEndian(byteCount: 8)
    }

    private mutating func readBigEndian(byteCount: Int) throws(WireError) -> UInt64 {
        guard remaining >= byteCount else { throw .truncated }
        var value: UInt64 = 0
        for index in position..<position + byteCount { value = value << 8 | UInt64(bytes[index]) }
        position += byteCount
        return value
    }

    /// Exactly `count` bytes.
    public mutating func readBytes(_ count: Int) throws(WireError) -> [UInt8] {
        guard count >= 0, remaining >= count else { throw .truncated }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// 32 bytes as a digest.
    public mutating func readDigest() throws(WireError) -> Digest {
        guard let digest = Digest(bytes: try readBytes(Digest.byteCount)) else { throw .truncated }
        return digest
    }

    /// 32 bytes as a key.
    public mutating func readNodeKey() throws(WireError) -> NodeKey {
        guard let key = NodeKey(bytes: try readBytes(Digest.byteCount)) else { throw .truncated }
        return key
    }

    /// Unsigned LEB128 of at most 64 bits, refused if it was not written in the fewest bytes.
    public mutating func readVarint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try readUInt8()
            if shift == 63 && byte > 1 { throw .notCanonical }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                if byte == 0 && shift > 0 { throw .notCanonical }
                return value
            }
        }
        throw .notCanonical
    }

    /// A varint that must not exceed `limit`; `field` names it in the error.
    public mutating func readCount(limit: Int, _ field: String) throws(WireError) -> Int {
        let value = try readVarint()
        guard value <= UInt64(limit) else { throw .tooLarge(field) }
        return Int(value)
    }

    /// A varint byte count of at most `limit`, then the bytes.
    public mutating func readCounted(limit: Int, _ field: String) throws(WireError) -> [UInt8] {
        try readBytes(try readCount(limit: limit, field))
    }

    /// A varint byte count of at most `limit`, then text that `PlainText` accepts.
    public mutating func readText(limit: Int, _ field: String) throws(WireError) -> String {
        let utf8 = try readCounted(limit: limit, field)
        guard let text = PlainText.decode(utf8) else { throw .invalid(field) }
        return text
    }
}
