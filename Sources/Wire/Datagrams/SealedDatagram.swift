/// The form of a datagram that carries one message of a session: a head in clear, then the message
/// sealed with ChaCha20-Poly1305 (RFC 8439). The head needs no seal of its own: the channel chooses
/// the key and the counter is the nonce, so that a changed one opens nothing.
public enum SealedDatagram {
    /// Kind, channel and counter.
    public static let headBytes = 17
    /// What sealing adds to a message.
    public static let overhead = headBytes + Limits.tagBytes
    /// Bytes of a message that goes by datagram, at most.
    public static let messageMax = DatagramKind.bytesMax - overhead
    /// Datagrams under one key, at most: far from where a counter would repeat, and at a thousand a
    /// second more than the longest time under one key has room for.
    public static let countMax: UInt64 = 1 << 32

    /// The channel and counter of the first `count` bytes; nil unless they have the form of a
    /// sealed datagram with a message in it.
    public static func head(
        of bytes: [UInt8], count: Int
    ) -> (channel: UInt64, counter: UInt64)? {
        guard count > overhead, count <= DatagramKind.bytesMax, count <= bytes.count,
            bytes[0] == DatagramKind.sealed.rawValue
        else { return nil }
        var channel: UInt64 = 0
        var counter: UInt64 = 0
        for index in 1...8 { channel = channel << 8 | UInt64(bytes[index]) }
        for index in 9...16 { counter = counter << 8 | UInt64(bytes[index]) }
        return counter < countMax ? (channel, counter) : nil
    }
}

/// Seals what goes to one peer by datagrams.
///
/// Not Sendable on purpose: it belongs to the lane that owns the socket.
public struct DatagramSealer {
    private let channel: UInt64
    private let key: AEADKey
    private var counter: UInt64 = 0

    /// Seals under what the peer offered.
    public init(_ offer: DatagramOffer) {
        channel = offer.channel
        key = AEADKey(suite: .chaChaPoly, key: offer.key)
    }

    /// Seals a message to the start of `datagram`, which has room for the longest one; gives the
    /// datagram's bytes. Nil for a message that is too long or empty, and when the key has served.
    public mutating func seal(_ message: [UInt8], into datagram: inout [UInt8]) -> Int? {
        precondition(datagram.count >= DatagramKind.bytesMax)
        guard !message.isEmpty, message.count <= SealedDatagram.messageMax,
            counter < SealedDatagram.countMax
        else { return nil }
        datagram[0] = DatagramKind.sealed.rawValue
        for index in 0..<8 {
            let shift = UInt64(56 - 8 * index)
            datagram[1 + index] = UInt8(truncatingIfNeeded: channel >> shift)
            datagram[9 + index] = UInt8(truncatingIfNeeded: counter >> shift)
        }
        let count = message.count + SealedDatagram.overhead
        var elements = datagram.mutableSpan
        var whole = elements.mutableBytes
        var body = whole._mutatingExtracting(SealedDatagram.headBytes..<count)
        key.seal(message.span.bytes, counter: counter, associated: [], into: &body)
        counter += 1
        return count
    }
}

/// Opens what comes from one peer by datagrams.
///
/// Not Sendable on purpose: it belongs to the lane that owns the socket.
public struct DatagramOpener {
    /// The channel that the peer was offered.
    public let channel: UInt64
    private let key: AEADKey
    private var window = ReplayWindow()

    /// Opens what was sealed under this node's offer.
    public init(_ offer: DatagramOffer) {
        channel = offer.channel
        key = AEADKey(suite: .chaChaPoly, key: offer.key)
    }

    /// Why a datagram is not opened.
    public enum Refusal: Error, Equatable, Sendable {
        /// Its counter came before, or is too old to tell.
        case replayed
        /// It was not sealed under this key, or was changed.
        case notAuthentic
    }

    /// Opens the first `count` bytes of `datagram`, whose head has this channel and `counter`, to
    /// the start of `message`; gives the message's bytes.
    public mutating func open(
        _ datagram: [UInt8], count: Int, counter: UInt64, into message: inout [UInt8]
    ) throws(Refusal) -> Int {
        guard window.isFresh(counter) else { throw .replayed }
        let sealed = datagram.span.bytes.extracting(SealedDatagram.headBytes..<count)
        var elements = message.mutableSpan
        var plain = elements.mutableBytes
        guard key.open(sealed, counter: counter, associated: [], into: &plain) else {
            throw .notAuthentic
        }
        _ = window.take(counter)
        return count - SealedDatagram.overhead
    }
}
