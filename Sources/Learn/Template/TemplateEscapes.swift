/// Escapes in a quoted text of a template, as Python reads them.
enum TemplateEscapes {
    private static let plain: [Unicode.Scalar: Unicode.Scalar] = [
        "\\": "\\", "'": "'", "\"": "\"", "n": "\n", "r": "\r", "t": "\t", "a": "\u{7}",
        "b": "\u{8}", "f": "\u{c}", "v": "\u{b}",
    ]

    /// The text that stands for; nil if an escape names no character.
    static func decoded(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        var result = String.UnicodeScalarView()
        var rest = scalars
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let letter = rest.popFirst() else {
                result.append(scalar)
                continue
            }
            if let simple = plain[letter] {
                result.append(simple)
            } else if letter == "\n" {
                continue
            } else if let width = ["x": 2, "u": 4, "U": 8][String(letter)] {
                let digits = rest.prefix(width)
                guard let code = number(digits, count: width, radix: 16) else { return nil }
                result.append(code)
                rest = rest.dropFirst(width)
            } else if ("0"..."7").contains(letter) {
                let more = rest.prefix(2).prefix { ("0"..."7").contains($0) }
                guard let code = number([letter] + more, count: more.count + 1, radix: 8) else {
                    return nil
                }
                result.append(code)
                rest = rest.dropFirst(more.count)
            } else if letter == "N" {
                return nil
            } else {
                result.append(contentsOf: [scalar, letter])
            }
        }
        return String(result)
    }

    private static func number(
        _ digits: some Sequence<Unicode.Scalar>, count: Int, radix: Int
    ) -> Unicode.Scalar? {
        let text = PythonText.text(digits)
        guard text.unicodeScalars.count == count, !text.hasPrefix("+"), !text.hasPrefix("-") else {
            return nil
        }
        return UInt32(text, radix: radix).flatMap { Unicode.Scalar($0) }
    }
}
