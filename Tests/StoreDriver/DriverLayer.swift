import Genome
import Store
import Wire

/// Signed layers of the driver.
enum DriverLayer {
    /// A file of a layer.
    struct Blob {
        let id: Digest
        let size: UInt64
        let sha256: Digest
    }

    static func envelope(
        _ blobs: [Blob], name: String, key: SigningKey
    ) throws -> Envelope {
        let files = blobs.enumerated().map { index, blob in
            LayerFile(
                path: LayerPath("file\(index).bin")!, blob: blob.id, size: blob.size,
                sha256: blob.sha256)
        }
        let object: JSONValue = [
            "manifest": 1,
            "publisher": .string(key.publicKey.base32),
            "type": "specialization",
            "name": .string(name),
            "version": "1.0.0",
            "files": .array(files.map(\.json)),
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
