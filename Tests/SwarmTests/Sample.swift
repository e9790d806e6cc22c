import Genome
import Testing

@testable import Swarm
@testable import Wire

/// A layer for tests of the core: real manifest and envelope, blobs that exist as ids, sizes and
/// group values only.
struct Sample {
    let manifest: Manifest
    let envelope: [UInt8]
    let files: [Digest: GroupLayer]
    let publisher: SigningKey

    init(
        by seed: UInt8 = 2, name: String = "sample", groups: [Int] = [1],
        visibility: Visibility = .public, isPeerToPeer: Bool = true,
        shared: [GroupLayer] = [], licence: String = "Apache-2.0", organization: NodeKey? = nil,
        table: GroupLayer? = nil, suffix: String = "bin", parents: [Digest] = []
    ) throws {
        publisher = Driver.key(seed)
        var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ $1 }))
        var files: [Digest: GroupLayer] = [:]
        for count in groups {
            let layer = try Self.blob(groups: count, &generator)
            files[layer.id] = layer
        }
        for layer in shared { files[layer.id] = layer }
        self.files = files
        let listed = try files.values.sorted { $0.id < $1.id }.enumerated().map { item in
            let layer = item.element
            let path = try #require(LayerPath("file\(item.offset + 100).\(suffix)"))
            return LayerFile(path: path, blob: layer.id, size: layer.size, sha256: layer.id).json
        }
        let value: JSONValue = [
            "manifest": 1, "publisher": .string(publisher.publicKey.base32), "label": "lab",
            "type": "specialization", "name": .string(name), "version": "1.0.0",
            "files": .array(listed), "licence": ["expression": .string(licence)],
            "visibility": .string(visibility.rawValue),
            "distribution": [
                "globallyAvailable": true, "scope": "global",
                "p2pEnabled": isPeerToPeer ? true : false,
            ],
            "provenance": ["createdAt": 1_760_000_000],
        ]
        var object = try #require(value.object)
        if let table {
            object["weights"] = [
                "id": .string(table.id.hexadecimal), "files": [listed[0]["path"] ?? .null],
                "table": [
                    "blob": .string(table.id.hexadecimal), "size": .integer(Int64(table.size)),
                ],
            ]
        }
        if !parents.isEmpty {
            object["provenance"] = [
                "createdAt": 1_760_000_000,
                "parentLayers": .array(
                    parents.map { ParentLayer(layer: $0, relation: "fine-tuned-from").json }),
            ]
        }
        object["organization"] = organization.map { .string($0.base32) }
        if visibility != .public {
            object["salt"] = .string(String(repeating: "5a", count: 16))
        }
        manifest = try Manifest.make(object)
        envelope =
            Envelope.signed(
                manifest.bytes, type: Manifest.payloadType, by: publisher
            ).detached
    }

    /// A blob of whole groups with random group values; of no bytes for 0 groups.
    static func blob(groups: Int, _ generator: inout SeededGenerator) throws -> GroupLayer {
        var values: [UInt8] = []
        for _ in 0..<max(1, groups) * 32 {
            values.append(UInt8(truncatingIfNeeded: generator.next()))
        }
        let size = UInt64(groups) * UInt64(HashTree.groupBytes)
        guard groups > 1 else {
            let id = try #require(Digest(bytes: values))
            return try #require(GroupLayer(singleGroup: id, size: size))
        }
        return try GroupLayer(id: HashTree.root(groupValues: values), size: size, values: values)
    }

    var id: Digest { manifest.layer }
    var content: LayerContent { LayerContent(manifest) }
    var held: HeldLayer {
        HeldLayer(manifest, envelope: envelope, blobs: manifest.blobs, announced: nil)
    }

    /// A grant by the publisher of a seed to the key of another.
    static func grant(
        _ layer: Digest, to seed: UInt8, sequence: UInt64 = 1, isRevoked: Bool = false,
        commands: [String] = ["read", "run"], by: UInt8 = 1
    ) throws -> (statement: Statement, envelope: [UInt8]) {
        var body = JSONObject()
        body["grantee"] = .string(Driver.key(seed).publicKey.base32)
        body["commands"] = .array(commands.map { .string($0) })
        if isRevoked { body["isRevoked"] = true }
        let key = Driver.key(by)
        let statement = try Statement.make(
            kind: .grant, layer: layer, publisher: key.publicKey, sequence: sequence,
            issued: 1_760_000_000, body: body)
        return (statement, statement.signed(by: key).encode())
    }

    /// What the catalogue says when peers of these seeds hold it.
    func holders(_ seeds: [UInt8], content: LayerContent? = nil) -> LayerHolders {
        LayerHolders(
            descriptions: [
                .init(
                    content: content ?? self.content, publisher: publisher.publicKey,
                    source: publisher.publicKey)
            ],
            holders: seeds.map { seed in
                .init(node: Driver.key(seed).publicKey, endpoints: [Driver.address(seed)])
            })
    }
}

extension Driver {
    /// Fetches `sample` as number `fetch` from sessions with holders until its files are being
    /// opened; gives the effects of the last step.
    mutating func describe(
        _ sample: Sample, from sessions: [SessionNumber], seeds: [UInt8], fetch: FetchNumber = 1,
        shortage: StoreProblem? = nil, as request: FetchRequest? = nil
    ) -> [Effect] {
        feed(.fetch(fetch, request ?? FetchRequest(layer: sample.id)))
        var effects = feed(.holdersFound(fetch, sample.holders(seeds)))
        effects += hear(sessions[0], .envelope(layer: sample.id, bytes: sample.envelope))
        effects += feed(.blobOpened(blob: sample.id, .complete))
        return feed(
            .manifestRead(
                fetch, ReadManifest(bytes: sample.manifest.bytes, shortage: shortage)))
    }

    /// The store opens a blob of which nothing is here, and sessions say that they have it all.
    mutating func serve(
        _ blob: Digest, of sample: Sample, from sessions: [SessionNumber],
        knowsLayer: Bool = true
    ) -> [Effect] {
        let layer = knowsLayer ? sample.files[blob] : nil
        var effects = feed(.blobOpened(blob: blob, .partial(bitmap: [], layer: layer)))
        for session in sessions {
            effects += hear(
                session, .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        }
        return effects
    }

    /// Everything that is asked for arrives until the fetch wants nothing more.
    mutating func deliver(_ effects: [Effect]) -> [Effect] {
        var all = effects
        var pending = effects
        while !pending.isEmpty {
            var next: [Effect] = []
            for (session, request) in pending.requests {
                next += feed(
                    .groupStored(session, request: request.request, byteCount: 1 << 20))
            }
            for blob in pending.completed { next += feed(.blobCompleted(blob: blob)) }
            all += next
            pending = next
        }
        return all
    }
}
