import Genome
import Host
import Wire

@testable import Store

/// Keys and layers for tests.
enum Fixture {
    static func key(_ byte: UInt8) -> SigningKey {
        SigningKey(seed: [UInt8](repeating: byte, count: 32))!
    }

    /// A signed layer of these files.
    static func envelope(
        _ files: [(path: String, blob: ImportedBlob)], name: String = "notes",
        key: SigningKey = key(7), evidence: Set<String> = []
    ) throws -> Envelope {
        let entries = files.map { file in
            LayerFile(
                path: LayerPath(file.path)!, blob: file.blob.id, size: file.blob.size,
                sha256: file.blob.sha256, isEvidence: evidence.contains(file.path))
        }.sorted { $0.path < $1.path }
        let object: JSONValue = [
            "manifest": 1,
            "publisher": .string(key.publicKey.base32),
            "type": "specialization",
            "name": .string(name),
            "version": "1.0.0",
            "files": .array(entries.map(\.json)),
            "licence": ["expression": "Apache-2.0"],
            "visibility": "public",
            "distribution": [
                "globallyAvailable": true, "scope": "global", "p2pEnabled": true,
            ],
            "provenance": ["createdAt": 1_760_000_000],
        ]
        let manifest = try Manifest.make(object.object!)
        return Envelope.signed(manifest.bytes, type: Manifest.payloadType, by: key)
    }
}

/// A library in a folder of its own, to be filled, killed and opened again.
final class LibraryFixture {
    let scratch = Scratch()
    private(set) var library: Library

    /// A library in a new home; `backend` makes what keeps its blobs, given the home's folder.
    init(_ backend: (String) throws -> (any BlobBackend)? = { _ in nil }) throws {
        let home = "\(scratch.path)/home"
        library = try Library(
            try Home.create(at: home, backend: try backend(home)), key: Fixture.key(7))
    }

    var layout: Layout { library.layout }

    /// Ends the library as a kill does, lets `meanwhile` change its files, and opens it again.
    func restart(_ meanwhile: (Layout) throws -> Void = { _ in }) throws {
        let layout = library.layout
        let parking = Scratch()
        // The home's lock is held by the library: another one takes its place before.
        library = try Library(try parking.home(), key: Fixture.key(7))
        try meanwhile(layout)
        library = try Library(
            try Home.open(at: layout.home, backend: layout.backend), key: Fixture.key(7))
    }

    /// Shares a layer of three files and gives its manifest.
    @discardableResult
    func share(name: String = "notes", seed: UInt64 = 1) throws -> Manifest {
        let files = try [("a.bin", 3 << 20 + 5), ("sub/b.bin", 20_000), ("sub/deep/c.txt", 0)]
            .map { path, size in
                let source = try scratch.file("source", Scratch.bytes(size, seed: seed))
                return (path: path, blob: try library.importFile(source))
            }
        return try library.add(try Fixture.envelope(files, name: name), origin: .own)
    }

    /// Shares a model; layers of one name are relatives.
    func share(_ sample: ModelSample) throws -> (layer: Digest, blob: Digest) {
        let file = try scratch.file("model.safetensors", sample.bytes)
        let blob = try library.importFile(file)
        let manifest = try library.add(
            try Fixture.envelope([("model.safetensors", blob)], name: "model"), origin: .own)
        try endLeases()
        return (manifest.layer, blob.id)
    }

    /// Removes the index as if its disk were lost.
    static func loseIndex(_ layout: Layout) throws {
        for suffix in ["", "-wal", "-shm"] where Directory.exists(layout.index + suffix) {
            try Directory.removeFile(layout.index + suffix)
        }
    }
}

extension LibraryFixture {
    /// A layer of one file as a fetch brings it.
    func fetch(_ name: String, bytes: Int, seed: UInt64) throws -> Manifest {
        let source = try Scratch.groups(Scratch.bytes(bytes, seed: seed))
        let partial = try library.partial(source.layer.id, size: source.layer.size)
        try partial.install(source.layer)
        for group in partial.groups.missing { try partial.fetch(group, from: source) }
        try library.complete(partial)
        let blob = ImportedBlob(
            id: source.layer.id, size: source.layer.size, sha256: Sha256.hash([]), wasKnown: false)
        return try library.add(
            try Fixture.envelope([("a", blob)], name: name, key: Fixture.key(9)),
            origin: .fetched)
    }
}
