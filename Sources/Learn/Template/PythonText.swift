/// What Python does to text, code point by code point: templates are written for it.
enum PythonText {
    typealias Scalar = Unicode.Scalar

    /// `str.isspace` of one character.
    static func isSpace(_ scalar: Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1c...0x1f).contains(scalar.value)
    }

    /// Equal code point by code point; Swift's `==` takes two spellings of an accent for one.
    static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }

    /// Which stands first by code points, which is the order of UTF-8 too.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    static func text(_ scalars: some Sequence<Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// `strip`, `lstrip` and `rstrip`: white space, or the characters given.
    static func strip(
        _ text: String, _ characters: String?, left: Bool = true, right: Bool = true
    ) -> String {
        let given = characters.map { Set($0.unicodeScalars) }
        func goes(_ scalar: Scalar) -> Bool { given?.contains(scalar) ?? isSpace(scalar) }
        var rest = text.unicodeScalars[...]
        if left { rest = rest.drop(while: goes) }
        while right, let last = rest.last, goes(last) { rest.removeLast() }
        return String(rest)
    }

    static func contains(_ text: String, _ part: String) -> Bool {
        TextSearch(part).find(in: Array(text.utf8), from: 0) != nil
    }

    /// `find` or `rfind`: the place counted in characters, -1 if there is none.
    static func place(of part: String, in text: String, last: Bool) -> Int {
        let bytes = Array(text.utf8)
        let search = TextSearch(part)
        let found = last ? search.findAll(in: bytes).last : search.find(in: bytes, from: 0)
        return found.map { count(bytes[..<$0]) } ?? -1
    }

    private static func count(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.count { $0 & 0xc0 != 0x80 }
    }

    /// `count`: places without overlap.
    static func occurrences(of part: String, in text: String) -> Int {
        part.isEmpty ? text.unicodeScalars.count + 1 : split(text, part, most: nil).count - 1
    }

    /// `split` at a separator that is not empty, at most `most` times.
    static func split(_ text: String, _ separator: String, most: Int?) -> [String] {
        let bytes = Array(text.utf8)
        let search = TextSearch(separator)
        var parts: [String] = []
        var start = 0
        while parts.count < most ?? .max, let found = search.find(in: bytes, from: start) {
            parts.append(String(decoding: bytes[start..<found], as: UTF8.self))
            start = found + search.length
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// `rsplit` at a separator that is not empty: what `split` does, seen from the end.
    static func splitFromEnd(_ text: String, _ separator: String, most: Int?) -> [String] {
        func backwards(_ text: String) -> String { Self.text(text.unicodeScalars.reversed()) }
        return split(backwards(text), backwards(separator), most: most).reversed().map(backwards)
    }

    /// `split` at white space.
    static func words(_ text: String, most: Int?) -> [String] {
        var parts: [String] = []
        var rest = text.unicodeScalars.drop(while: isSpace)
        while !rest.isEmpty {
            guard parts.count < most ?? .max else {
                parts.append(String(rest))
                break
            }
            let word = rest.prefix { !isSpace($0) }
            parts.append(String(word))
            rest = rest[word.endIndex...].drop(while: isSpace)
        }
        return parts
    }

    /// `splitlines`.
    static func lines(_ text: String, keepingEnds: Bool = false) -> [String] {
        var lines: [String] = []
        var line: [Scalar] = []
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard isLineEnd(scalar) else {
                line.append(scalar)
                continue
            }
            var end = [scalar]
            if scalar == "\r", index < scalars.count, scalars[index] == "\n" {
                end.append("\n")
                index += 1
            }
            lines.append(Self.text(keepingEnds ? line + end : line))
            line = []
        }
        return line.isEmpty ? lines : lines + [Self.text(line)]
    }

    private static func isLineEnd(_ scalar: Scalar) -> Bool {
        switch scalar.value {
        case 0x0a...0x0d, 0x1c...0x1e, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// `replace`.
    static func replace(_ text: String, _ old: String, _ new: String, most: Int?) -> String {
        guard old.isEmpty else {
            return split(text, old, most: most).joined(separator: new)
        }
        var result = ""
        var left = most ?? .max
        for scalar in text.unicodeScalars {
            if left > 0 { result += new }
            left -= 1
            result.unicodeScalars.append(scalar)
        }
        return left > 0 ? result + new : result
    }

    /// `capitalize`: the first character in title case, the others in lower case.
    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        let rest = String(text.unicodeScalars.dropFirst())
        return first.properties.titlecaseMapping + rest.lowercased()
    }

    /// `title` of a string: every letter that follows no letter.
    static func titled(_ text: String) -> String {
        var result = ""
        var isInside = false
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            result += isInside ? properties.lowercaseMapping : properties.titlecaseMapping
            isInside = properties.isCased
        }
        return result
    }

    /// Jinja's filter `title`: every word, where words end at space and opening brackets.
    static func titledWords(_ text: String) -> String {
        var result = ""
        var isInside = false
        for scalar in text.unicodeScalars {
            let isBreak = isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
            let properties = scalar.properties
            result +=
                isBreak
                ? String(scalar)
                : isInside ? properties.lowercaseMapping : properties.uppercaseMapping
            isInside = !isBreak
        }
        return result
    }

    /// `repr` of text.
    static func quoted(_ text: String) -> String {
        let isDouble = text.utf8.contains(0x27) && !text.utf8.contains(0x22)
        let quote: Scalar = isDouble ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\\": result += "\\\\"
            case quote: result += "\\\(quote)"
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += escaped(scalar)
                }
            }
        }
        return result + String(quote)
    }

    /// Escaped for HTML, as the filter `escape` does.
    static func escaped(_ text: String) -> String {
        let escapes = [
            ("&", "&amp;"), (">", "&gt;"), ("<", "&lt;"), ("'", "&#39;"), ("\"", "&#34;"),
        ]
        return escapes.reduce(text) { replace($0, $1.0, $1.1, most: nil) }
    }

    private static func escaped(_ scalar: Scalar) -> String {
        let (letter, width) =
            scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x1_0000 ? ("u", 4) : ("U", 8)
        return "\\\(letter)" + hexadecimal(scalar.value, width: width)
    }

    static func hexadecimal(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func isPrintable(_ scalar: Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    /// `text[start:stop:step]` of anything with places: the indices, as Python counts them.
    static func slice(count: Int, start: Int?, stop: Int?, step: Int) -> [Int] {
        func clamped(_ index: Int?, _ absent: Int) -> Int {
            guard let index else { return absent }
            let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
            let placed = index < 0 ? max(index, -count - 1) + count : index
            return min(max(placed, low), high)
        }
        let first = clamped(start, step > 0 ? 0 : count - 1)
        let end = clamped(stop, step > 0 ? count : -1)
        guard step > 0 ? first < end : first > end else { return [] }
        return Array(stride(from: first, to: end, by: step))
    }
}
