/// A node's key with the addresses it can be reached at, and the relays of one that cannot be
/// called: what one person sends another so that their nodes meet. Holds no secret.
///
/// Text: base32 of version 1, key, endpoints and the first 4 bytes of BLAKE2b-256 over all
/// before them, which catches a badly copied ticket. With relays, which stand behind the
/// endpoints, the version is 2.
public struct Ticket: Equatable, Sendable {
    private static let version: UInt8 = 1
    private static let relayedVersion: UInt8 = 2
    private static let checkByteCount = 4

    /// The node.
    public let key: NodeKey
    /// Where it listens, best first, at most `Limits.endpointsMax`.
    public let endpoints: [Endpoint]

    /// Relays over which it is reached where it cannot be called, at most
    /// `NodeContent.relaysMax`.
    public let relays: [PeerAddress]

    /// A ticket; endpoints and relays beyond their limits are left out.
    public init(key: NodeKey, endpoints: [Endpoint], relays: [PeerAddress] = []) {
        self.key = key
        self.endpoints = Array(endpoints.prefix(Limits.endpointsMax))
        self.relays = Array(relays.prefix(NodeContent.relaysMax))
    }

    /// The base32 text.
    public var text: String {
        var writer = Writer()
        writer.write(relays.isEmpty ? Self.version : Self.relayedVersion)
        writer.write(key)
        Endpoint.writeList(endpoints, to: &writer)
        if !relays.isEmpty { PeerAddress.writeList(relays, to: &writer) }
        writer.write(Self.check(writer.bytes))
        return Base32.encode(writer.bytes)
    }

    /// Reads a ticket's text.
    public init(text: String) throws(WireError) {
        guard text.utf8.count <= Limits.ticketTextMax else { throw .tooLarge("ticket") }
        guard let bytes = Base32.decode(text), bytes.count > Self.checkByteCount else {
            throw .invalid("ticket")
        }
        let body = Array(bytes.dropLast(Self.checkByteCount))
        guard Array(bytes.suffix(Self.checkByteCount)) == Self.check(body) else {
            throw .notAuthentic("ticket check")
        }
        var reader = Reader(body)
        let version = try reader.readUInt8()
        guard version == Self.version || version == Self.relayedVersion else {
            throw .unsupported("ticket version")
        }
        key = try reader.readNodeKey()
        endpoints = try Endpoint.readList(from: &reader, limit: Limits.endpointsMax)
        relays =
            version == Self.version
            ? []
            : try PeerAddress.readList(from: &reader, limit: NodeContent.relaysMax)
        // One ticket has one text.
        guard version == Self.version || !relays.isEmpty else { throw .invalid("ticket relays") }
        try reader.finish()
    }

    private static func check(_ bytes: [UInt8]) -> [UInt8] {
        Array(Sodium.blake2b(bytes, count: 32).prefix(checkByteCount))
    }
}
