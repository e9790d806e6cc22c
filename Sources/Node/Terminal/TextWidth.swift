import Wire

/// How many columns text takes on a terminal, and how to fit it into some.
enum TextWidth {
    /// Columns of `text`: none for combining characters, two for East Asian wide ones and emoji.
    static func columns(_ text: String) -> Int {
        text.reduce(0) { $0 + columns($1) }
    }

    /// `text` made safe to print and cut to `width` columns, with `…` where something was cut.
    static func fitted(_ text: String, to width: Int) -> String {
        let safe = PlainText.shown(text)
        guard columns(safe) > width else { return safe }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in safe {
            let count = columns(character)
            if used + count > width - 1 { break }
            result.append(character)
            used += count
        }
        return result + "…"
    }

    /// `text` with spaces behind it up to `width` columns, or before it.
    static func padded(_ text: String, to width: Int, isRight: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - columns(text)))
        return isRight ? space + text : text + space
    }

    private static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch first.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
            0xa000...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
            0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }
}
