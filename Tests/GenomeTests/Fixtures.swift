import Genome
import Testing
import Wire

/// Small true documents that the tests of this room bend and break.
enum Fixtures {
    static let limits = JSONLimits(bytes: 1 << 20)

    static let publisher = key(filledWith: 7)

    static func key(filledWith byte: UInt8) -> SigningKey {
        SigningKey(seed: [UInt8](repeating: byte, count: 32))!
    }

    static func digest(_ byte: UInt8) -> Digest {
        Digest(bytes: [UInt8](repeating: byte, count: 32))!
    }

    static func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8), limits: limits)
    }

    static func file(_ path: String, _ byte: UInt8 = 1, size: UInt64 = 10) -> JSONValue {
        LayerFile(path: LayerPath(path)!, blob: digest(byte), size: size, sha256: digest(byte + 1))
            .json
    }

    /// A public specialization layer of one file.
    static func plainManifest() -> JSONObject {
        JSONValue.members([
            "manifest": 1,
            "publisher": .string(publisher.publicKey.base32),
            "label": "lab",
            "type": "specialization",
            "name": "notes",
            "version": "1.0.0",
            "files": [file("notes.txt")],
            "licence": ["expression": "Apache-2.0"],
            "visibility": "public",
            "distribution": [
                "globallyAvailable": true, "scope": "global", "p2pEnabled": true,
            ],
            "provenance": ["createdAt": 1_760_000_000],
        ])
    }

    static func manifest() throws -> Manifest { try Manifest.make(plainManifest()) }

    /// The error that `body` throws, or nil.
    static func fault(_ body: () throws -> Void) -> GenomeError? {
        do {
            try body()
            return nil
        } catch {
            return error as? GenomeError
        }
    }
}

extension JSONValue {
    /// Literal objects in tests are written as values and used as objects.
    static func members(_ value: JSONValue) -> JSONObject { value.object! }
}
