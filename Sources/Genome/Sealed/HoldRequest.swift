import Wire

/// A publisher's request that a node keeps sealed copies: what, how much, how long. It says nothing
/// of the layer; ids and sizes of ciphertext are all a mirror ever learns.
///
/// Its hash is the contract: who names it and a blob of it may have that blob, so it goes to the
/// mirror and, in grants, to grantees, and to nobody else.
public struct HoldRequest: SignedDocument, Equatable {
    /// DSSE payload type of a signed request.
    public static let payloadType = "application/vnd.plasmid.hold+json"
    /// Longest request in bytes: it fits a message and a journal entry.
    public static let bytesMax = 4_096
    /// Longest time for which a copy may be asked for: two years, as a record lives.
    public static let secondsMax: Int64 = 2 * 366 * 86_400

    /// The members: the table that is checked and printed.
    public static let fields: [Schema.Field] = [
        .required("hold", .integer(1...1), "version of this format"),
        .required("publisher", .key, "who asks and signs"),
        .required("mirror", .key, "who is asked"),
        .required(
            "list", .object(ManifestSchema.blob),
            "blob with the ids and sizes of what is to be kept"),
        .required("bytes", .count, "bytes of all of it, the list among them"),
        .required("issued", .time, "when it was asked"),
        .required("until", .time, "how long"),
        .required("nonce", .text(.hexadecimal(bytes: 16)), "random, so that no two are equal"),
    ]

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Who asks.
    public let publisher: NodeKey
    /// Who is asked.
    public let mirror: NodeKey
    /// The list of blobs.
    public let list: BlobReference
    /// Bytes of all of it.
    public let size: UInt64
    /// Seconds since 1970 when it was asked.
    public let issued: Int64
    /// Seconds since 1970 when it ends.
    public let until: Int64

    /// The publisher.
    public var signer: NodeKey { publisher }

    /// The contract: hash of the bytes.
    public var contract: Digest { Blake3.hash(bytes) }

    /// A request of these parts, with 16 random bytes as `nonce`.
    public static func make(
        publisher: NodeKey, mirror: NodeKey, list: BlobReference, size: UInt64, issued: Int64,
        until: Int64, nonce: [UInt8]
    ) throws(GenomeError) -> HoldRequest {
        guard let bytes = Int64(exactly: size) else {
            throw .field(path: "bytes", .notAllowed("within 2^53"))
        }
        var object = JSONObject()
        object["hold"] = 1
        object["publisher"] = .string(publisher.base32)
        object["mirror"] = .string(mirror.base32)
        object["list"] = list.json
        object["bytes"] = .integer(bytes)
        object["issued"] = .integer(issued)
        object["until"] = .integer(until)
        object["nonce"] = .string(Hexadecimal.encode(nonce))
        return try decode(CanonicalJSON.write(object))
    }

    /// The request of canonical bytes; the signature is not checked.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> HoldRequest {
        let limits = JSONLimits(bytes: bytesMax, depth: 4, values: 64)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "hold request")
        try Schema.object(fields).check(value, at: "")
        guard let publisher = value["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
            let mirror = value["mirror"]?.string.flatMap({ NodeKey(base32: $0) }),
            let list = value["list"].flatMap({ BlobReference($0) }),
            let size = value["bytes"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let issued = value["issued"]?.integer, let until = value["until"]?.integer
        else { throw .field(path: "", .missing) }
        guard until > issued, until - issued <= secondsMax else {
            throw .field(path: "until", .notAllowed("later than issued, by two years at most"))
        }
        guard list.size <= size, list.size <= HoldList.bytesMax else {
            throw .field(path: "list", .notAllowed("within the bytes and \(HoldList.bytesMax)"))
        }
        return HoldRequest(
            bytes: bytes, publisher: publisher, mirror: mirror, list: list, size: size,
            issued: issued, until: until)
    }
}

/// The blobs of a contract: a blob of its own, so that a request stays small.
public struct HoldList: Equatable, Sendable {
    /// Longest list in bytes: 100,002 blobs (as many as a manifest has files, and two) of 100
    /// bytes each.
    public static let bytesMax: UInt64 = 16 << 20

    /// What is to be kept, in ascending order of id.
    public let blobs: [BlobReference]

    /// A list of blobs.
    public init(_ blobs: some Sequence<BlobReference>) {
        self.blobs = Set(blobs).sorted { $0.blob < $1.blob }
    }

    /// Bytes of all blobs; nil beyond 2^64.
    public var size: UInt64? {
        var sum: UInt64 = 0
        for blob in blobs {
            let (next, isOver) = sum.addingReportingOverflow(blob.size)
            if isOver { return nil }
            sum = next
        }
        return sum
    }

    /// The canonical JSON.
    public var bytes: [UInt8] {
        CanonicalJSON.write(["blobs": .array(blobs.map(\.json))])
    }

    /// The list of canonical bytes.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> HoldList {
        let limits = JSONLimits(bytes: Int(bytesMax), depth: 4, values: 400_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "list of blobs")
        let fields: [Schema.Field] = [
            .required(
                "blobs",
                .list(
                    .object(ManifestSchema.blob), max: ManifestSchema.filesMax + 2,
                    distinct: true), "what is kept")
        ]
        try Schema.object(fields).check(value, at: "")
        let list = HoldList((value["blobs"]?.array ?? []).compactMap { BlobReference($0) })
        guard list.bytes == bytes else {
            throw .field(path: "blobs", .notAllowed("in ascending order of id"))
        }
        return list
    }
}
