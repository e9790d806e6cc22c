@_spi(_Unicode) import Swift
import Wire

/// The path of a file inside a layer: relative, `/` between segments, safe to create under any
/// folder of any machine.
///
/// Never absolute, no `.` or `..` or empty segment, no backslash, no invisible character, and in
/// Unicode normal form C, so that one path has one spelling on every filesystem.
public struct LayerPath: Hashable, Comparable, Sendable {
    /// Longest path in bytes.
    public static let bytesMax = 512

    /// Longest segment in bytes: the limit of common filesystems.
    public static let segmentBytesMax = 255

    /// The text.
    public let text: String

    /// The path of a text that keeps every rule; nil for any other.
    public init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count), PlainText.isPlain(text),
            !text.utf8.contains(UInt8(ascii: "\\")),
            text.unicodeScalars.elementsEqual(text._nfc)
        else { return nil }
        let segments = text.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in segments {
            let isDots = segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
            guard !isDots, segment.count <= Self.segmentBytesMax else { return nil }
        }
        self.text = text
    }

    /// The last segment.
    public var name: String { text.split(separator: "/").last.map { String($0) } ?? text }

    /// The path with every letter in one case: two paths with the same folded text would be one
    /// file where a filesystem does not tell cases apart.
    public var folded: String { text.uppercased().lowercased() }

    /// The folders that hold the file, outermost first: `a` and `a/b` for `a/b/c`.
    public var folders: [String] {
        let segments = text.split(separator: "/").dropLast()
        return segments.indices.map { segments[...$0].joined(separator: "/") }
    }

    /// Byte order of the UTF-8, so that it does not depend on a Unicode version.
    public static func < (left: LayerPath, right: LayerPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Equal when every byte is.
    public static func == (left: LayerPath, right: LayerPath) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }
}

extension LayerPath: CustomStringConvertible {
    /// The text.
    public var description: String { text }
}
