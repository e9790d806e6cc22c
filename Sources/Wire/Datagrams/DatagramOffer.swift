/// What a node tells a peer inside their session so that the peer can reach it by datagrams:
/// whoever hears chooses channel, key and port. Both sides offer; an offer takes the place of the
/// one before.
public struct DatagramOffer: Equatable, Sendable {
    /// Bytes of the key.
    public static let keyBytes = 32

    /// By which the hearer finds the key: random, and said to this peer alone.
    public let channel: UInt64
    /// Under which the peer seals: random.
    public let key: [UInt8]
    /// UDP port at which the sender of the offer hears; not 0.
    public let port: UInt16

    /// An offer; the key has 32 bytes, the port is not 0.
    public init(channel: UInt64, key: [UInt8], port: UInt16) {
        precondition(key.count == Self.keyBytes && port != 0)
        (self.channel, self.key, self.port) = (channel, key, port)
    }

    /// A new one, from the system's randomness.
    public static func random(port: UInt16) -> DatagramOffer {
        let channel = Sodium.random(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return DatagramOffer(
            channel: channel, key: Sodium.random(count: keyBytes), port: port)
    }

    func encode(to writer: inout Writer) {
        writer.write(channel)
        writer.write(key)
        writer.write(port)
    }

    init(from reader: inout Reader) throws(WireError) {
        channel = try reader.readUInt64()
        key = try reader.readBytes(Self.keyBytes)
        port = try reader.readUInt16()
        guard port != 0 else { throw .invalid("port") }
    }
}
