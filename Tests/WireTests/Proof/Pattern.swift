import Foundation
import Testing

/// Bytes that both the tests and the makers of their vectors can produce.
enum Pattern {
    /// Byte i is (i*i/7 + i) mod 251: not periodic within any chunk.
    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(($0 * $0 / 7 + $0) % 251) }
    }

    /// A file of `Tests/Vectors`.
    static func vector(_ name: String) throws -> [String: Any] {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Vectors/\(name)")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        return try #require(object as? [String: Any])
    }
}
