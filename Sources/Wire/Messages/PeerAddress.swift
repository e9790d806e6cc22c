/// A node and where it listens, as peers pass it on: nothing signed, so never more than a hint
/// whom to dial. Whoever answers there proves its key itself.
public struct PeerAddress: Hashable, Sendable {
    /// Addresses of one peer in a message: a public and a private one of each version.
    public static let endpointsMax = 4

    /// The node's key.
    public let key: NodeKey
    /// Where it listens; more than `endpointsMax` are cut.
    public let endpoints: [Endpoint]

    /// An address.
    public init(key: NodeKey, endpoints: [Endpoint]) {
        self.key = key
        self.endpoints = Array(endpoints.prefix(Self.endpointsMax))
    }

    func encode(to writer: inout Writer) {
        writer.write(key)
        Endpoint.writeList(endpoints, to: &writer)
    }

    init(from reader: inout Reader) throws(WireError) {
        key = try reader.readNodeKey()
        endpoints = try Endpoint.readList(from: &reader, limit: Self.endpointsMax)
    }

    static func readList(
        from reader: inout Reader, limit: Int
    ) throws(WireError) -> [PeerAddress] {
        let count = try reader.readCount(limit: limit, "peers")
        var list: [PeerAddress] = []
        for _ in 0..<count { list.append(try PeerAddress(from: &reader)) }
        return list
    }

    static func writeList(_ list: [PeerAddress], to writer: inout Writer) {
        writer.writeVarint(UInt64(list.count))
        for peer in list { peer.encode(to: &writer) }
    }
}
