import Wire

/// A signed list of nodes that a newcomer may call first. It counts only for nodes whose owners
/// trust its signer with that; nobody passes it on.
public struct BootstrapList: SignedDocument, Equatable {
    /// DSSE payload type of a signed list.
    public static let payloadType = "application/vnd.plasmid.bootstrap+json"
    /// Longest list in bytes: as many entries as it may have, each with all its addresses.
    public static let bytesMax = 256 << 10
    /// Nodes: more than a newcomer ever calls.
    public static let entriesMax = 256
    /// Addresses of one node: those that the address book keeps.
    public static let endpointsMax = 4
    /// Longest life: a year and a month. Nodes move; a list that nobody renews leads astray.
    public static let secondsMax: Int64 = 396 * 86_400
    /// So many nodes, in so many parts of the network, are advised: whoever rules one part must not
    /// be the only one that a newcomer meets.
    public static let (entriesAdvised, groupsAdvised) = (8, 4)

    private static let endpoint: [Schema.Field] = [
        .required("address", .plain(32), "8 or 32 hexadecimal digits: an IPv4 or IPv6 address"),
        .required("port", .integer(1...65_535), "TCP port"),
    ]
    private static let entry: [Schema.Field] = [
        .required("key", .key, "the node's key"),
        .required(
            "endpoints", .list(.object(endpoint), max: endpointsMax, distinct: true),
            "where it listens, best first"),
    ]

    /// The members: the table that is checked and printed.
    public static let fields: [Schema.Field] = [
        .required("bootstrap", .integer(1...1), "version of this format"),
        .required("network", .digest, "id of the network"),
        .required("publisher", .key, "who says so and signs"),
        .required("sequence", .count, "grows with each list of this publisher"),
        .required("issued", .time, "when it was made"),
        .required("expires", .time, "when it ends"),
        .required(
            "entries", .list(.object(entry), max: entriesMax, distinct: true), "nodes to call"),
    ]

    /// A node to call.
    public struct Entry: Equatable, Sendable {
        /// Its key.
        public let key: NodeKey
        /// Where it listens, best first.
        public let endpoints: [Endpoint]

        /// A node; endpoints beyond the limit are left out.
        public init(key: NodeKey, endpoints: [Endpoint]) {
            self.key = key
            self.endpoints = Array(endpoints.prefix(BootstrapList.endpointsMax))
        }
    }

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// The network whose nodes it lists.
    public let network: Digest
    /// Who says so.
    public let publisher: NodeKey
    /// Higher replaces lower.
    public let sequence: UInt64
    /// Seconds since 1970 when it was made.
    public let issued: Int64
    /// Seconds since 1970 when it ends.
    public let expires: Int64
    /// Nodes to call, each once.
    public let entries: [Entry]

    /// The publisher.
    public var signer: NodeKey { publisher }

    /// A list of these parts.
    public static func make(
        network: Digest, publisher: NodeKey, sequence: UInt64, issued: Int64, expires: Int64,
        entries: [Entry]
    ) throws(GenomeError) -> BootstrapList {
        var object = JSONObject()
        object["bootstrap"] = 1
        object["network"] = .string(network.hexadecimal)
        object["publisher"] = .string(publisher.base32)
        object["sequence"] = .integer(Int64(clamping: sequence))
        object["issued"] = .integer(issued)
        object["expires"] = .integer(expires)
        object["entries"] = .array(
            entries.map { entry in
                [
                    "key": .string(entry.key.base32),
                    "endpoints": .array(
                        entry.endpoints.map { endpoint in
                            [
                                "address": .string(Hexadecimal.encode(endpoint.bytes)),
                                "port": .integer(Int64(endpoint.port)),
                            ]
                        }),
                ]
            })
        return try decode(CanonicalJSON.write(object))
    }

    /// The list of canonical bytes; the signature is not checked.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> BootstrapList {
        // An entry is an object of a key and of addresses, each an object of two members.
        let limits = JSONLimits(
            bytes: bytesMax, depth: 6, values: 16 + entriesMax * (3 + 3 * endpointsMax))
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "bootstrap list")
        try Schema.object(fields).check(value, at: "")
        guard let network = value["network"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            let publisher = value["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
            let sequence = value["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let issued = value["issued"]?.integer, let expires = value["expires"]?.integer
        else { throw .field(path: "", .missing) }
        guard expires > issued, expires - issued <= secondsMax else {
            throw .field(
                path: "expires",
                .notAllowed("later than issued, by \(secondsMax / 86_400) days at most"))
        }
        var entries: [Entry] = []
        var keys: Set<NodeKey> = []
        for (index, item) in (value["entries"]?.array ?? []).enumerated() {
            let entry = try Self.entry(item, at: "entries[\(index)]")
            guard keys.insert(entry.key).inserted else {
                throw .field(path: "entries[\(index)].key", .notAllowed("a key that stands once"))
            }
            entries.append(entry)
        }
        guard !entries.isEmpty else {
            throw .field(path: "entries", .notAllowed("a list of at least one node"))
        }
        return BootstrapList(
            bytes: bytes, network: network, publisher: publisher, sequence: sequence,
            issued: issued, expires: expires, entries: entries)
    }

    private static func entry(
        _ item: JSONValue, at path: String
    ) throws(GenomeError) -> Entry {
        guard let key = item["key"]?.string.flatMap({ NodeKey(base32: $0) }) else {
            throw .field(path: "\(path).key", .missing)
        }
        var endpoints: [Endpoint] = []
        for (index, value) in (item["endpoints"]?.array ?? []).enumerated() {
            let place = "\(path).endpoints[\(index)]"
            guard let text = value["address"]?.string,
                let bytes = Hexadecimal.decode(text), Hexadecimal.encode(bytes) == text,
                let port = value["port"]?.integer.flatMap({ UInt16(exactly: $0) }),
                let endpoint = Endpoint(bytes: bytes, port: port)
            else {
                throw .field(
                    path: place, .notAllowed("an address of 8 or 32 hexadecimal digits"))
            }
            guard endpoint.reach != .forbidden else {
                throw .field(path: place, .notAllowed("an address that may be dialled"))
            }
            endpoints.append(endpoint)
        }
        guard !endpoints.isEmpty else {
            throw .field(path: "\(path).endpoints", .notAllowed("a list of at least one address"))
        }
        return Entry(key: key, endpoints: endpoints)
    }
}

extension BootstrapList {
    /// Why a node does not take a list.
    public enum Refusal: Equatable, Sendable {
        /// Nobody whom its owner trusts with that signed it.
        case stranger
        /// It is of another network.
        case otherNetwork
        /// It is over.
        case expired
        /// It is from the future: this machine's clock or the signer's is wrong.
        case notYet
        /// A list of the same signer with a higher sequence was taken before.
        case older(than: UInt64)
    }

    /// Seconds by which a clock may be behind the signer's, as for records.
    private static let skew: Int64 = 900

    /// Why a node of `network`, whose owner trusts the keys `trusted` with lists, does not take
    /// this one at `now` (seconds since 1970); nil where it does. `last` is the highest sequence
    /// taken of the signer. The signature is checked by `verified`.
    public func refusal(
        network: Digest, trusted: Set<NodeKey>, last: UInt64?, now: Int64
    ) -> Refusal? {
        guard trusted.contains(publisher) else { return .stranger }
        guard self.network == network else { return .otherNetwork }
        guard now < expires else { return .expired }
        guard issued <= now + Self.skew else { return .notYet }
        if let last, sequence < last { return .older(than: last) }
        return nil
    }
}
