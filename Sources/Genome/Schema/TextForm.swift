import Wire

/// The forms that text in a document may have. Every form refuses control, escape, bidirectional
/// and invisible characters.
public enum TextForm: Hashable, Sendable {
    /// Any plain text of at most so many bytes, not empty.
    case plain(max: Int)
    /// A path inside a layer.
    case path
    /// A layer's name.
    case name
    /// A publisher's label.
    case label
    /// A Semantic Versioning 2.0.0 version.
    case version
    /// Which versions are accepted.
    case range
    /// A decimal number.
    case decimal
    /// A calendar day, `YYYY-MM-DD`, or a part of it from the left.
    case date
    /// A hash.
    case digest
    /// An Ed25519 key.
    case key
    /// Hexadecimal bytes, exactly so many.
    case hexadecimal(bytes: Int)
    /// An SPDX licence expression.
    case licence
    /// A language tag such as `en` or `pt-BR` (RFC 5646, letters, digits and hyphens).
    case language

    /// Whether `text` has this form.
    public func accepts(_ text: String) -> Bool {
        guard PlainText.isPlain(text) else { return false }
        let utf8 = Array(text.utf8)
        switch self {
        case .plain(let max): return !utf8.isEmpty && utf8.count <= max
        case .path: return LayerPath(text) != nil
        case .name: return LayerName.isValid(text)
        case .label: return LayerName.isLabel(text)
        case .version: return SemanticVersion(text) != nil
        case .range: return VersionRange(text) != nil
        case .decimal: return NumberText.isDecimal(text)
        case .date: return Self.isDate(utf8)
        case .digest: return Digest(hexadecimal: text) != nil
        case .key: return NodeKey(base32: text) != nil
        case .hexadecimal(let bytes): return Hexadecimal.decode(text)?.count == bytes
        case .licence: return (try? LicenceExpression(parsing: text))?.description == text
        case .language: return Self.isLanguage(utf8)
        }
    }

    /// What is allowed, in the words of an error and of the format's page.
    public var rule: String {
        switch self {
        case .plain(let max): "plain text of 1 to \(max) bytes"
        case .path: "a relative path inside the layer"
        case .name: "a name of letters, digits, `.`, `_` and `-` (to 64)"
        case .label: "a label of lower-case letters, digits and `-` (to 32)"
        case .version: "a semantic version (to 32 bytes)"
        case .range: "a range of versions such as `^1.2.0` (to 256 bytes)"
        case .decimal: "a decimal number as text, without exponent or padding zeros"
        case .date: "a date YYYY-MM-DD, YYYY-MM or YYYY"
        case .digest: "64 lower-case hexadecimal digits"
        case .key: "52 base32 digits"
        case .hexadecimal(let bytes): "\(2 * bytes) lower-case hexadecimal digits"
        case .licence: "an SPDX licence expression in its canonical spelling (to 512 bytes)"
        case .language: "a language tag"
        }
    }

    /// Whether `text` is a name outside the standard, `x-` and then lower-case letters, digits or
    /// hyphens, at most 64 bytes.
    static func isPrivateName(_ text: String) -> Bool {
        text.hasPrefix("x-") && (3...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            }
    }

    private static func isLanguage(_ utf8: [UInt8]) -> Bool {
        let parts = utf8.split(separator: 0x2d, omittingEmptySubsequences: false)
        return utf8.count <= 35
            && parts.allSatisfy { part in
                (1...8).contains(part.count)
                    && part.allSatisfy {
                        (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0)
                    }
            }
    }

    private static func isDate(_ utf8: [UInt8]) -> Bool {
        let parts = utf8.split(separator: 0x2d, omittingEmptySubsequences: false)
        let widths = [4, 2, 2]
        guard (1...3).contains(parts.count) else { return false }
        var values: [Int] = []
        for (part, width) in zip(parts, widths) {
            guard part.count == width, part.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return false
            }
            values.append(part.reduce(0) { $0 * 10 + Int($1 - 0x30) })
        }
        if values.count > 1, !(1...12).contains(values[1]) { return false }
        guard values.count == 3 else { return true }
        let isLeap = values[0] % 4 == 0 && (values[0] % 100 != 0 || values[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[values[1] - 1]).contains(values[2])
    }
}
