/// Text from a peer that is safe to print: valid UTF-8 without control, escape, bidirectional
/// override, zero-width or line-separating characters.
///
/// Such characters can rewrite a terminal line or make one name look like another (Unicode
/// TR #36 and TR #55), and no name, tag or summary needs them.
public enum PlainText {
    /// The text of `utf8`; nil if it is not valid UTF-8 or holds a refused character.
    public static func decode(_ utf8: [UInt8]) -> String? {
        guard let text = String(validating: utf8, as: UTF8.self), isPlain(text) else { return nil }
        return text
    }

    /// Whether every character of `text` may be shown to a person as it is.
    public static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !isRefused($0) }
    }

    /// `text` with every refused character replaced by U+FFFD, for showing what a peer sent.
    public static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(isRefused(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    /// The same for text of several lines: line feeds and tabs stay.
    public static func lines(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isLayout = scalar == "\n" || scalar == "\t"
            result.append(isRefused(scalar) && !isLayout ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1f, 0x7f...0x9f: true  // C0, DEL, C1
        case 0xad, 0x34f, 0x61c: true  // soft hyphen, grapheme joiner, Arabic letter mark
        case 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f, 0x3164, 0xffa0: true  // fillers
        case 0x200b...0x200f, 0x2028...0x202e: true  // zero width, separators, bidi
        case 0x2060...0x206f: true  // word joiner, isolates
        case 0xfe00...0xfe0f, 0xfeff, 0xfff0...0xfffb: true  // variation selectors, BOM, specials
        case 0xe0000...0xe0fff: true  // tags
        case 0xfdd0...0xfdef: true  // noncharacters
        default: scalar.value & 0xfffe == 0xfffe
        }
    }
}
