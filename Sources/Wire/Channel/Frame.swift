/// How channel records lie on the stream: a length of two bytes, big-endian, then so many
/// sealed bytes. The last plain byte of an opened frame says what the others are.
///
/// The kind stands last so that payload can be opened in place, straight into its buffer; the
/// kind byte that lands behind it is overwritten by the next frame.
public enum Frame {
    /// Bytes of the length in front of a frame.
    public static let headerBytes = 2

    /// What a frame holds.
    public enum Kind: UInt8, Sendable {
        /// One control message.
        case control = 0
        /// The next bytes of the announced payload.
        case payload = 1
    }

    /// Seals one control message with its length in front.
    public static func seal(
        _ message: Message, with cipher: inout CipherState
    ) -> [UInt8] {
        seal(message.bytes + [Kind.control.rawValue], with: &cipher)
    }

    private static func seal(_ plain: [UInt8], with cipher: inout CipherState) -> [UInt8] {
        precondition(plain.count <= Limits.recordPayloadMax + 1)
        let sealedCount = plain.count + Limits.tagBytes
        var frame = [UInt8](repeating: 0, count: headerBytes + sealedCount)
        frame[0] = UInt8(sealedCount >> 8)
        frame[1] = UInt8(sealedCount & 255)
        var elements = frame.mutableSpan
        var bytes = elements.mutableBytes
        var body = bytes._mutatingExtracting(droppingFirst: headerBytes)
        cipher.seal(plain.span.bytes, into: &body)
        return frame
    }

    /// The length that two header bytes announce for a sealed frame; refused below a tag and a
    /// kind byte.
    public static func sealedCount(_ first: UInt8, _ second: UInt8) throws(WireError) -> Int {
        let count = Int(first) << 8 | Int(second)
        guard count > Limits.tagBytes else { throw .truncated }
        return count
    }

    /// The length that two header bytes announce for a handshake frame, which may be as short as
    /// a refusal.
    public static func handshakeCount(
        _ first: UInt8, _ second: UInt8
    ) throws(WireError) -> Int {
        let count = Int(first) << 8 | Int(second)
        guard count > 0 else { throw .truncated }
        guard count <= Limits.handshakeBytesMax else { throw .tooLarge("handshake frame") }
        return count
    }
}
