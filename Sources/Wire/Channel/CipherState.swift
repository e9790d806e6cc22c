/// One direction of an established channel: a key and a counter that never repeats.
///
/// Not Sendable on purpose: it belongs to the lane that owns the connection.
public struct CipherState {
    /// The cipher.
    public let suite: CipherSuite
    private var key: AEADKey
    private var counter: UInt64 = 0
    /// Sealed bytes under the present key.
    public private(set) var bytes: UInt64 = 0

    init(suite: CipherSuite, key: [UInt8]) {
        self.suite = suite
        self.key = AEADKey(suite: suite, key: key)
    }

    /// Seals `plain` to the start of `sealed`.
    public mutating func seal(_ plain: RawSpan, into sealed: inout MutableRawSpan) {
        precondition(counter < .max, "rekeying comes long before the counter's end")
        key.seal(plain, counter: counter, associated: [], into: &sealed)
        counter += 1
        bytes += UInt64(plain.byteCount + Limits.tagBytes)
    }

    /// Opens `sealed` to the start of `plain`.
    public mutating func open(
        _ sealed: RawSpan, into plain: inout MutableRawSpan
    ) throws(WireError) {
        guard bytes <= Limits.rekeyBytes + UInt64(Limits.frameBytesMax) else {
            throw .invalid("the peer did not change its key in time")
        }
        guard key.open(sealed, counter: counter, associated: [], into: &plain) else {
            throw .notAuthentic("frame")
        }
        counter += 1
        bytes += UInt64(sealed.byteCount)
    }

    /// Replaces the key by a one-way function of itself (Noise specification §11.3: the
    /// encryption of 32 zero bytes with the highest nonce); the counter goes on.
    public mutating func rekey() {
        let zeros = [UInt8](repeating: 0, count: 32)
        var next = [UInt8](repeating: 0, count: 32 + Limits.tagBytes)
        var elements = next.mutableSpan
        var span = elements.mutableBytes
        key.seal(zeros.span.bytes, counter: .max, associated: [], into: &span)
        key = AEADKey(suite: suite, key: Array(next.prefix(32)))
        bytes = 0
    }
}
