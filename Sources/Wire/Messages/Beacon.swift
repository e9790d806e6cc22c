/// A datagram by which a node tells the machines of its local network that it listens
/// (docs/formats/beacon.md). It names no key: who is there is learned inside the handshake alone.
public struct Beacon: Equatable, Sendable {
    /// Bytes of every beacon.
    public static let byteCount = 40
    /// UDP port that beacons go to: the peers' port.
    public static let port: UInt16 = 4747
    /// The IPv6 group that beacons go to: of the link, chosen by nobody else (RFC 4291 §2.7, a
    /// transient address with the letters `plsm`).
    public static let group: [UInt8] = [
        0xff, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x70, 0x6c, 0x73, 0x6d,
    ]

    static let magic = Array("PLSB".utf8)
    static let version: UInt8 = 1
    private static let answerFlag: UInt8 = 1
    private static let headBytes = 24

    /// What tells one run of a node from all others.
    public let tag: BeaconTag
    /// TCP port at which the node listens, at the address that the datagram came from.
    public let port: UInt16
    /// Whether it answers another beacon; answers are not answered.
    public let isAnswer: Bool

    /// A beacon; the port is not 0.
    public init(tag: BeaconTag, port: UInt16, isAnswer: Bool) {
        precondition(port != 0, "a node that listens has a port")
        self.tag = tag
        self.port = port
        self.isAnswer = isAnswer
    }

    /// The datagram, recognised by nodes of the same network.
    public func bytes(in network: BeaconNetwork) -> [UInt8] {
        var writer = Writer(reserving: Self.byteCount)
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(isAnswer ? Self.answerFlag : 0)
        writer.write(port)
        writer.write(tag.bytes)
        return writer.bytes + network.fingerprint(of: writer.bytes)
    }

    /// Reads a datagram. Throws `truncated` or `trailingBytes` for another size, `invalid` for
    /// bytes that are no beacon, `unsupported` for another version, `otherNetwork` where the
    /// fingerprint is not that of `network`.
    public init(bytes: [UInt8], in network: BeaconNetwork) throws(WireError) {
        guard bytes.count >= Self.byteCount else { throw .truncated }
        guard bytes.count == Self.byteCount else { throw .trailingBytes }
        var reader = Reader(bytes)
        guard try reader.readBytes(Self.magic.count) == Self.magic else {
            throw .invalid("beacon")
        }
        guard try reader.readUInt8() == Self.version else { throw .unsupported("beacon version") }
        let flags = try reader.readUInt8()
        guard flags & ~Self.answerFlag == 0 else { throw .invalid("beacon flags") }
        isAnswer = flags == Self.answerFlag
        port = try reader.readUInt16()
        guard port != 0 else { throw .invalid("port") }
        guard let tag = BeaconTag(bytes: try reader.readBytes(BeaconTag.byteCount)) else {
            throw .truncated
        }
        self.tag = tag
        let fingerprint = try reader.readBytes(BeaconNetwork.fingerprintBytes)
        guard fingerprint == network.fingerprint(of: Array(bytes.prefix(Self.headBytes))) else {
            throw .otherNetwork
        }
    }
}

/// Sixteen random bytes of one run of a node: by them it knows its own beacons, and others know
/// that they have heard it. New at every start, so that they tell nobody which node it is.
public struct BeaconTag: Hashable, Sendable {
    /// Bytes of a tag.
    public static let byteCount = 16

    private let high: UInt64
    private let low: UInt64

    /// A tag; nil unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes.
    public var bytes: [UInt8] {
        var writer = Writer(reserving: Self.byteCount)
        writer.write(high)
        writer.write(low)
        return writer.bytes
    }
}

/// What a node knows of its network, by which it tells beacons of the same network from others. The
/// network's name cannot be read from a beacon, and without the key of a private swarm it cannot
/// be guessed from one either.
public struct BeaconNetwork: Sendable {
    static let fingerprintBytes = 16
    private static let prefix = Array("plasmid-beacon-v1".utf8)
    private static let datagramPrefix = Array("plasmid-datagram-v1".utf8)

    private let key: [UInt8]

    /// A network by its id, and by the key of a private swarm (32 bytes) where it is one.
    public init(id: Digest, swarmKey: [UInt8]? = nil) {
        precondition(swarmKey == nil || swarmKey?.count == 32, "a swarm key has 32 bytes")
        key = id.bytes + (swarmKey ?? [])
    }

    /// Keyed BLAKE2b over all else that the beacon says, so that it is a check of it too.
    func fingerprint(of head: [UInt8]) -> [UInt8] {
        Sodium.blake2b(Self.prefix + head, key: key, count: Self.fingerprintBytes)
    }

    /// The same over the head of a question to a node that is not known, or of an answer.
    func mark(of head: [UInt8]) -> [UInt8] {
        Sodium.blake2b(Self.datagramPrefix + head, key: key, count: Self.fingerprintBytes)
    }
}
