import Foundation
import Genome
import Testing
import Wire

/// A file of test vectors beside the tests.
enum VectorFile {
    /// `Tests/` as the compiler saw it.
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The bytes of a file under `Tests/Vectors`.
    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: tests.appending(path: "Vectors/\(name)")))
    }

    /// The JSON of a file under `Tests/Vectors`.
    static func json(_ name: String) throws -> JSONValue {
        try JSONParser.parse(try bytes(name), limits: JSONLimits(bytes: 64 << 20))
    }
}
