import Genome
import Swarm
import Wire

/// A layer made for the world: a manifest by `publisher` over files of seeded bytes.
package struct PublishedLayer {
    package let manifest: Manifest
    package let held: HeldLayer
    package let blobs: [Digest: [UInt8]]

    package init(
        by publisher: SigningKey, name: String, sizes: [Int], seed: UInt64,
        visibility: Visibility = .public, isPeerToPeer: Bool = true,
        organization: NodeKey? = nil, suffix: String = "bin"
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var blobs: [Digest: [UInt8]] = [:]
        var files: [JSONValue] = []
        for (index, size) in sizes.enumerated() {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(size + 8)
            while bytes.count < size {
                let word = generator.next()
                for shift: UInt64 in [0, 8, 16, 24, 32, 40, 48, 56] {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
            bytes.removeLast(bytes.count - size)
            let id = Blake3.hash(bytes)
            blobs[id] = bytes
            guard let path = LayerPath("file\(index).\(suffix)") else { continue }
            files.append(
                LayerFile(path: path, blob: id, size: UInt64(size), sha256: id).json)
        }
        manifest = try Self.manifest(
            publisher, name: name, files: files, visibility: visibility,
            isPeerToPeer: isPeerToPeer, organization: organization)
        blobs[manifest.layer] = manifest.bytes
        self.blobs = blobs
        let envelope = Envelope.signed(
            manifest.bytes, type: Manifest.payloadType, by: publisher)
        held = Self.held(manifest, envelope: envelope.detached)
    }

    private static func manifest(
        _ publisher: SigningKey, name: String, files: [JSONValue], visibility: Visibility,
        isPeerToPeer: Bool, organization: NodeKey?
    ) throws -> Manifest {
        let value: JSONValue = [
            "manifest": 1,
            "publisher": .string(publisher.publicKey.base32),
            "label": "lab",
            "type": "specialization",
            "name": .string(name),
            "version": "1.0.0",
            "files": .array(files),
            "licence": ["expression": "Apache-2.0"],
            "visibility": .string(visibility.rawValue),
            "distribution": [
                "globallyAvailable": true, "scope": "global",
                "p2pEnabled": isPeerToPeer ? true : false,
            ],
            "provenance": ["createdAt": 1_760_000_000],
        ]
        guard var object = value.object else { preconditionFailure("a literal object") }
        object["organization"] = organization.map { .string($0.base32) }
        if visibility != .public {
            object["salt"] = .string(String(repeating: "5a", count: 16))
        }
        return try Manifest.make(object)
    }

    package static func held(_ manifest: Manifest, envelope: [UInt8]) -> HeldLayer {
        HeldLayer(
            manifest, envelope: envelope, blobs: manifest.blobsToFetch, announced: nil)
    }
}
