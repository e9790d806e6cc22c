/// Names that are at once a word on a command line, a folder name and half of a Hugging Face
/// repository id.
public enum LayerName {
    /// Longest name in bytes.
    public static let bytesMax = 64

    /// Longest label in bytes.
    public static let labelBytesMax = 32

    /// Whether `text` may name a layer: ASCII letters, digits, `.`, `_`, `-`; begins and ends with
    /// a letter, digit or `_`; no `--` and no `..`; not ending in `.git` (huggingface_hub's
    /// `validate_repo_id`).
    public static func isValid(_ text: String) -> Bool {
        let utf8 = Array(text.utf8)
        guard (1...bytesMax).contains(utf8.count), utf8.allSatisfy({ isNameByte($0) }),
            let first = utf8.first, let last = utf8.last
        else { return false }
        let isEdgeBad =
            first == UInt8(ascii: "_") || [first, last].contains { isDotOrHyphen($0) }
        return !isEdgeBad && !hasRun(in: utf8) && !text.hasSuffix(".git")
    }

    /// Whether `text` may label a publisher: lower-case letters, digits and single hyphens inside.
    public static func isLabel(_ text: String) -> Bool {
        let utf8 = Array(text.utf8)
        guard (1...labelBytesMax).contains(utf8.count), !hasRun(in: utf8) else { return false }
        let hyphen = UInt8(ascii: "-")
        return utf8.first != hyphen && utf8.last != hyphen
            && utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen
            }
    }

    /// The nearest valid name to `text`, for a folder whose name cannot be taken as it is; nil if
    /// nothing of it can be kept.
    public static func made(from text: String) -> String? {
        var kept: [UInt8] = []
        for byte in text.utf8 where kept.count < bytesMax {
            let next = isNameByte(byte) ? byte : UInt8(ascii: "-")
            if isDotOrHyphen(next), kept.last.map({ isDotOrHyphen($0) }) ?? true { continue }
            if kept.isEmpty && next == UInt8(ascii: "_") { continue }
            kept.append(next)
        }
        while let last = kept.last, isDotOrHyphen(last) { kept.removeLast() }
        let name = String(decoding: kept, as: UTF8.self)
        return isValid(name) ? name : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || isDotOrHyphen(byte)
    }

    private static func isDotOrHyphen(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func hasRun(in utf8: [UInt8]) -> Bool {
        zip(utf8, utf8.dropFirst()).contains { $0 == $1 && isDotOrHyphen($0) }
    }
}
