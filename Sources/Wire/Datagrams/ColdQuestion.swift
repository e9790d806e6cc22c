/// A question to a node with which no session stands, and its answers: what UDP address it sees the
/// asker at (docs/formats/datagrams.md). The question is as long as a datagram may be and no answer
/// is longer, so that nobody gains by asking with a false source; and only a question that brings
/// back the cookie which went to its source is answered with anything but a cookie.
public struct ColdQuestion: Equatable, Sendable {
    /// Bytes of every question.
    public static let byteCount = DatagramKind.bytesMax
    /// Bytes of the number and of the cookie.
    public static let wordBytes = 16
    static let version: UInt8 = 1
    /// Kind, version, number and cookie.
    private static let headBytes = 2 + 2 * wordBytes

    /// Chosen by the asker at random: by it the answer is known.
    public let number: [UInt8]
    /// What the asked node sent first; zeros before.
    public let cookie: [UInt8]

    /// A question.
    public init(number: [UInt8], cookie: [UInt8]? = nil) {
        let cookie = cookie ?? [UInt8](repeating: 0, count: Self.wordBytes)
        precondition(number.count == Self.wordBytes && cookie.count == Self.wordBytes)
        (self.number, self.cookie) = (number, cookie)
    }

    /// The datagram, recognised by nodes of the same network.
    public func bytes(in network: BeaconNetwork) -> [UInt8] {
        let head = [DatagramKind.question.rawValue, Self.version] + number + cookie
        let whole = head + network.mark(of: head)
        return whole + [UInt8](repeating: 0, count: Self.byteCount - whole.count)
    }

    /// Reads the first `count` bytes; nil unless they are a question of a node of `network`. What
    /// fills it up is not looked at.
    public init?(_ bytes: [UInt8], count: Int, in network: BeaconNetwork) {
        guard count == Self.byteCount, bytes.count >= count,
            bytes[0] == DatagramKind.question.rawValue, bytes[1] == Self.version
        else { return nil }
        let head = Array(bytes[..<Self.headBytes])
        let mark = bytes[Self.headBytes..<Self.headBytes + BeaconNetwork.fingerprintBytes]
        guard mark.elementsEqual(network.mark(of: head)) else { return nil }
        number = Array(head[2..<2 + Self.wordBytes])
        cookie = Array(head[(2 + Self.wordBytes)...])
    }

    /// Whether it shows any cookie.
    public var hasCookie: Bool { cookie.contains { $0 != 0 } }
}

/// What a node answers to a question of one that it does not know.
public enum ColdAnswer: Equatable, Sendable {
    /// A cookie for the address that the question came from.
    case cookie(number: [UInt8], [UInt8])
    /// The address at which the asker is seen.
    case seen(number: [UInt8], Endpoint)

    /// The number of the question.
    public var number: [UInt8] {
        switch self {
        case .cookie(let number, _), .seen(let number, _): number
        }
    }

    /// Bytes of an answer at most.
    public static let bytesMax = 2 + ColdQuestion.wordBytes + 19 + BeaconNetwork.fingerprintBytes

    /// The datagram.
    public func bytes(in network: BeaconNetwork) -> [UInt8] {
        var writer = Writer(reserving: Self.bytesMax)
        switch self {
        case .cookie(let number, let cookie):
            writer.write(DatagramKind.cookie.rawValue)
            writer.write(ColdQuestion.version)
            writer.write(number)
            writer.write(cookie)
        case .seen(let number, let endpoint):
            writer.write(DatagramKind.answer.rawValue)
            writer.write(ColdQuestion.version)
            writer.write(number)
            endpoint.encode(to: &writer)
        }
        return writer.bytes + network.mark(of: writer.bytes)
    }

    /// Reads the first `count` bytes. Throws `invalid`, `unsupported`, `truncated`, `tooLarge` and
    /// `otherNetwork`.
    public init(_ bytes: [UInt8], count: Int, in network: BeaconNetwork) throws(WireError) {
        guard count <= Self.bytesMax, count <= bytes.count else { throw .tooLarge("cold answer") }
        let body = Array(bytes[..<max(0, count - BeaconNetwork.fingerprintBytes)])
        guard !body.isEmpty else { throw .truncated }
        guard bytes[body.count..<count].elementsEqual(network.mark(of: body)) else {
            throw .otherNetwork
        }
        var reader = Reader(body)
        let kind = DatagramKind(rawValue: try reader.readUInt8())
        guard try reader.readUInt8() == ColdQuestion.version else {
            throw .unsupported("version of a cold answer")
        }
        let number = try reader.readBytes(ColdQuestion.wordBytes)
        switch kind {
        case .cookie: self = .cookie(number: number, try reader.readBytes(ColdQuestion.wordBytes))
        case .answer: self = .seen(number: number, try Endpoint(from: &reader))
        case .question, .sealed, nil: throw .invalid("cold answer")
        }
        try reader.finish()
    }
}
