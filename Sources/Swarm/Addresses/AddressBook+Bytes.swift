import Wire

/// The book as a file (`docs/formats/store.md`): what it holds and its secret, not what peers may
/// still tell. The same book always gives the same bytes.
extension AddressBook {
    /// The first bytes of the file.
    static let magic = Array("plasmid-addresses-1\n".utf8)
    /// Bytes of an entry beside its addresses: key, place, three times, failures, count.
    private static let entryBytes = 32 + 2 + 3 * 4 + 1 + 1
    /// Bytes of the longest book: every place held, each by a node with four addresses of IPv6.
    package static let fileBytesMax =
        magic.count + AddressPlaces.secretBytes + 1 + AddressLimits.anchorsMax * 32 + 3
        + AddressLimits.entriesMax * (entryBytes + PeerAddress.endpointsMax * 19) + 32

    /// The bytes of the book.
    package var bytes: [UInt8] {
        var writer = Writer(reserving: 128 + entries.count * 64)
        writer.write(Self.magic)
        writer.write(places.secret)
        writer.writeVarint(UInt64(anchors.count))
        for anchor in anchors { writer.write(anchor) }
        writer.writeVarint(UInt64(entries.count))
        for entry in entries.sorted(by: { $0.place < $1.place }) {
            writer.write(entry.key)
            writer.write(entry.place)
            writer.write(entry.heard)
            writer.write(entry.answered)
            writer.write(entry.dialled)
            writer.write(entry.failures)
            let endpoints = entry.endpoints
            writer.writeVarint(UInt64(endpoints.count))
            for endpoint in endpoints { endpoint.encode(to: &writer) }
        }
        writer.write(Blake3.hash(writer.bytes))
        return writer.bytes
    }

    /// Reads what `bytes` gave: every count and place is looked at, and all must be as this
    /// version writes it.
    package init(bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Self.fileBytesMax else { throw .tooLarge("address book") }
        guard bytes.starts(with: Self.magic) else { throw .invalid("address book") }
        let body = Array(bytes.dropLast(Digest.byteCount))
        guard body.count + Digest.byteCount == bytes.count, body.count > Self.magic.count,
            Blake3.hash(body).bytes.elementsEqual(bytes.suffix(Digest.byteCount))
        else { throw .invalid("checksum of the address book") }
        var reader = Reader(body)
        _ = try reader.readBytes(Self.magic.count)
        self.init(secret: try reader.readBytes(AddressPlaces.secretBytes))
        let count = try reader.readCount(limit: AddressLimits.anchorsMax, "anchors")
        var known: [NodeKey] = []
        for _ in 0..<count { known.append(try reader.readNodeKey()) }
        try readEntries(from: &reader)
        try reader.finish()
        anchors = known
    }

    private mutating func readEntries(from reader: inout Reader) throws(WireError) {
        let count = try reader.readCount(limit: AddressLimits.entriesMax, "addresses")
        var last = -1
        for _ in 0..<count {
            let key = try reader.readNodeKey()
            let place = Int(try reader.readUInt16())
            guard place > last, place < AddressLimits.entriesMax else {
                throw .invalid("place of an address")
            }
            last = place
            let heard = try reader.readUInt32()
            let answered = try reader.readUInt32()
            let dialled = try reader.readUInt32()
            let failures = try reader.readUInt8()
            let endpoints = try readEndpoints(from: &reader)
            guard places.group(of: endpoints).isNear == AddressPlaces.isNear(place) else {
                throw .invalid("place of an address")
            }
            guard entry(of: key) == nil else { throw .invalid("key of an address") }
            var entry = AddressEntry(
                key: key, endpoints: endpoints, place: place, heard: heard)
            entry.answered = answered
            entry.dialled = dialled
            entry.failures = failures
            append(entry)
        }
    }

    private func readEndpoints(from reader: inout Reader) throws(WireError) -> [Endpoint] {
        let count = try reader.readCount(limit: PeerAddress.endpointsMax, "addresses of a node")
        guard count > 0 else { throw .invalid("addresses of a node") }
        var endpoints: [Endpoint] = []
        for _ in 0..<count {
            let endpoint = try Endpoint(from: &reader)
            guard endpoint.reach != .forbidden else { throw .invalid("address") }
            endpoints.append(endpoint)
        }
        return endpoints
    }
}
