/// What both sides say first on an established channel.
public struct Introduction: Equatable, Sendable {
    /// Features beyond the version's base, as bits; unknown ones are ignored.
    public var features: UInt64
    /// Where the sender listens.
    public var endpoints: [Endpoint]
    /// The other side's address as the sender sees it.
    public var observed: Endpoint?
    /// The sender's label.
    public var label: String
    /// Software and version.
    public var software: String
    /// The sender's clock, milliseconds since 1970, so that people can be told of a skew.
    public var wallMilliseconds: UInt64

    /// An introduction.
    public init(
        features: UInt64 = 0, endpoints: [Endpoint], observed: Endpoint?, label: String,
        software: String, wallMilliseconds: UInt64
    ) {
        self.features = features
        self.endpoints = endpoints
        self.observed = observed
        self.label = label
        self.software = software
        self.wallMilliseconds = wallMilliseconds
    }

    func encode(to writer: inout Writer) {
        writer.writeVarint(features)
        Endpoint.writeList(endpoints, to: &writer)
        Endpoint.writeList(observed.map { [$0] } ?? [], to: &writer)
        writer.writeText(label)
        writer.writeText(software)
        writer.write(wallMilliseconds)
    }

    init(from reader: inout Reader) throws(WireError) {
        features = try reader.readVarint()
        endpoints = try Endpoint.readList(from: &reader, limit: Limits.endpointsMax)
        observed = try Endpoint.readList(from: &reader, limit: 1).first
        label = try reader.readText(limit: Limits.labelBytesMax, "label")
        software = try reader.readText(limit: Limits.softwareBytesMax, "software")
        wallMilliseconds = try reader.readUInt64()
    }
}
