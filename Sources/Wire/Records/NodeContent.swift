/// Where a node is and what it offers.
public struct NodeContent: Equatable, Sendable {
    /// What a node offers, as bits.
    public struct Services: OptionSet, Sendable {
        /// The bits on the wire.
        public let rawValue: UInt64

        /// From the bits; unknown ones are kept.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// Keeps the whole catalogue and answers queries.
        public static let catalogue = Services(rawValue: 1)
        /// Serves public layers.
        public static let blobs = Services(rawValue: 2)
        /// Forwards opaque channel records between nodes that cannot reach each other.
        public static let relay = Services(rawValue: 4)
        /// Accepts hold requests for sealed layers under its policy.
        public static let holds = Services(rawValue: 8)
    }

    /// Whether others can call a node.
    public enum Reach: UInt64, Sendable {
        /// It was called from outside.
        case reachable = 1
        /// It cannot be called from outside its own network.
        case unreachable = 2
    }

    /// Relays that a node names: one may go away.
    public static let relaysMax = 2

    /// Where it listens; empty = cannot be dialled.
    public var endpoints: [Endpoint]
    /// What it offers.
    public var services: Services
    /// The owner's label.
    public var label: String?
    /// Declared region, for placement.
    public var region: String?
    /// Software and version.
    public var software: String?
    /// X25519 key that sealed grants are made for, with the end of its validity in
    /// milliseconds since 1970.
    public var sealing: Sealing?
    /// Whether it can be called from outside; nil where that is not known.
    public var reach: Reach?
    /// Relays over which it is reached when it cannot be called; at most `relaysMax`.
    public var relays: [PeerAddress] = []
    /// What it mirrors; nil for nothing.
    public var mirror: MirrorOffer?

    /// A sealing key, vouched for by this record's signature.
    public struct Sealing: Equatable, Sendable {
        /// X25519 public key.
        public let key: Digest
        /// Milliseconds since 1970 after which it must not be used.
        public let notAfter: UInt64

        /// A key with its end.
        public init(key: Digest, notAfter: UInt64) {
            self.key = key
            self.notAfter = notAfter
        }
    }

    /// A node with its addresses and services.
    public init(endpoints: [Endpoint], services: Services) {
        self.endpoints = endpoints
        self.services = services
    }

    init(_ fields: RecordFields) throws(WireError) {
        try fields.requireKnown([1, 3])
        endpoints = try fields.required(3, "endpoints") { (reader) throws(WireError) in
            try Endpoint.readList(from: &reader, limit: Limits.endpointsMax)
        }
        let bits = try fields.optional(4) { (r) throws(WireError) in try r.readVarint() }
        services = Services(rawValue: bits ?? 0)
        label = try fields.text(6, limit: Limits.labelBytesMax, "label")
        region = try fields.text(8, limit: Limits.regionBytesMax, "region")
        software = try fields.text(10, limit: Limits.softwareBytesMax, "software")
        sealing = try fields.optional(12) { (reader) throws(WireError) in
            let key = try reader.readDigest()
            return Sealing(key: key, notAfter: try reader.readUInt64())
        }
        reach = try fields.optional(14) { (r) throws(WireError) in try r.readVarint() }
            .flatMap { Reach(rawValue: $0) }
        relays =
            try fields.optional(16) { (reader) throws(WireError) in
                try PeerAddress.readList(from: &reader, limit: Self.relaysMax)
            } ?? []
        mirror = try fields.optional(18) { (r) throws(WireError) in try MirrorOffer(from: &r) }
    }

    func write(to fields: inout RecordFields) {
        fields.set(3) { writer in Endpoint.writeList(endpoints, to: &writer) }
        fields.setNumber(4, services.rawValue)
        fields.setText(6, label)
        fields.setText(8, region)
        fields.setText(10, software)
        if let sealing {
            fields.set(12) { writer in
                writer.write(sealing.key)
                writer.write(sealing.notAfter)
            }
        }
        fields.setNumber(14, reach?.rawValue)
        if !relays.isEmpty {
            fields.set(16) { writer in PeerAddress.writeList(relays, to: &writer) }
        }
        if let mirror { fields.set(18) { writer in mirror.write(to: &writer) } }
    }
}
