/// A word of a template with its line.
struct TemplateToken: Hashable {
    /// What it is.
    enum Kind: Hashable {
        /// Text between tags, as it will stand in the output.
        case text(String)
        /// `{{` and `}}`.
        case outputBegin, outputEnd
        /// `{%` and `%}`.
        case blockBegin, blockEnd
        /// A word.
        case name(String)
        /// A literal.
        case string(String), integer(Int), float(Double)
        /// A sign.
        case sign(String)
        /// After the last one.
        case end
    }

    let kind: Kind
    let line: Int

    /// How an error names it.
    var description: String {
        switch kind {
        case .text: "text"
        case .outputBegin: "\"{{\""
        case .outputEnd: "\"}}\""
        case .blockBegin: "\"{%\""
        case .blockEnd: "\"%}\""
        case .name(let word): "\"\(word.prefix(40))\""
        case .string: "a text in quotes"
        case .integer, .float: "a number"
        case .sign(let sign): "\"\(sign)\""
        case .end: "the end of the template"
        }
    }
}

/// Cuts a template into words, with Jinja's rules for white space around tags: the newline after a
/// block goes (`trim_blocks`), so do spaces before one that begins its line (`lstrip_blocks`);
/// `-` takes all white space on its side, `+` keeps it.
struct TemplateLexer {
    private typealias Scalar = Unicode.Scalar

    private let source: [Scalar]
    /// Where the template ends: a last newline is not part of it.
    private let finish: Int
    private var position = 0
    private var line = 1
    private var tokens: [TemplateToken] = []
    /// Closing signs that are still due; while there are any, a tag cannot end.
    private var closings: [Scalar] = []
    private var isLineStart = true

    /// The words of a template.
    static func tokens(of source: String) throws(TemplateFault) -> [TemplateToken] {
        guard source.utf8.count <= TemplateLimits.sourceBytesMax else {
            let limit = "\(TemplateLimits.sourceBytesMax) bytes of template"
            throw .exceeds(line: 1, limit: limit)
        }
        var lexer = TemplateLexer(source)
        try lexer.run()
        return lexer.tokens
    }

    /// Line ends become newlines and the last one goes, as Jinja has it.
    private init(_ source: String) {
        var scalars: [Scalar] = []
        for scalar in source.unicodeScalars {
            if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
            scalars.append(scalar)
        }
        self.source = scalars.map { $0 == "\r" ? "\n" : $0 }
        finish = self.source.count - (self.source.last == "\n" ? 1 : 0)
    }

    private mutating func run() throws(TemplateFault) {
        while position < finish {
            let begin = findTag()
            var text = source[position..<begin]
            guard begin < finish else {
                emitText(text)
                position = begin
                break
            }
            let tag = source[begin + 1]
            let sign = begin + 2 < finish ? source[begin + 2] : " "
            if sign == "-" {
                while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
            } else if sign != "+", tag != "{" {
                stripLineStart(&text)
            }
            emitText(text)
            line += source[text.endIndex..<begin].count { $0 == "\n" }
            position = begin + (sign == "-" || sign == "+" && tag != "{" ? 3 : 2)
            isLineStart = false
            switch tag {
            case "#": try skipComment()
            case "%":
                if try !readRaw() { try readTag(.blockBegin, end: "%") }
            default: try readTag(.outputBegin, end: "}")
            }
        }
        emit(.end)
    }

    private mutating func emit(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, line: line))
    }

    private mutating func emitText(_ text: ArraySlice<Scalar>) {
        guard !text.isEmpty else { return }
        emit(.text(PythonText.text(text)))
        line += text.count { $0 == "\n" }
    }

    private func findTag() -> Int {
        var index = position
        while index + 1 < finish {
            if source[index] == "{", ["{", "%", "#"].contains(source[index + 1]) { return index }
            index += 1
        }
        return finish
    }

    /// Spaces before a tag go if nothing else stands before it on its line.
    private func stripLineStart(_ text: inout ArraySlice<Scalar>) {
        let newline = text.lastIndex(of: "\n")
        guard newline != nil || isLineStart else { return }
        let start = newline.map { $0 + 1 } ?? text.startIndex
        if text[start...].allSatisfy(PythonText.isSpace) { text = text[..<start] }
    }

    private func stands(_ text: String, at index: Int) -> Bool {
        let scalars = text.unicodeScalars
        return index + scalars.count <= finish
            && source[index..<index + scalars.count].elementsEqual(scalars)
    }

    /// Whether a tag ends here; if so, goes past the end and what the end swallows.
    private mutating func passEnd(_ end: String, trims: Bool) -> Bool {
        if stands("-" + end, at: position) {
            position += 3
            isLineStart = false
            while position < finish, PythonText.isSpace(source[position]) {
                isLineStart = source[position] == "\n"
                line += isLineStart ? 1 : 0
                position += 1
            }
            return true
        }
        let isKept = trims && stands("+" + end, at: position)
        guard isKept || stands(end, at: position) else { return false }
        position += isKept ? 3 : 2
        isLineStart = false
        if trims, !isKept, position < finish, source[position] == "\n" {
            position += 1
            line += 1
            isLineStart = true
        }
        return true
    }

    private mutating func skipComment() throws(TemplateFault) {
        let start = line
        while !passEnd("#}", trims: true) {
            guard position < finish else {
                throw .notUnderstood(line: start, "a comment without an end")
            }
            line += source[position] == "\n" ? 1 : 0
            position += 1
        }
    }

    private mutating func skipSpace() {
        while position < finish, PythonText.isSpace(source[position]) {
            line += source[position] == "\n" ? 1 : 0
            position += 1
        }
    }

    /// `{% raw %}`: everything to `{% endraw %}` is text.
    private mutating func readRaw() throws(TemplateFault) -> Bool {
        let (saved, savedLine) = (position, line)
        skipSpace()
        let isRaw = stands("raw", at: position)
        if isRaw {
            position += 3
            skipSpace()
        }
        guard isRaw, stands("%}", at: position) || stands("-%}", at: position) else {
            (position, line) = (saved, savedLine)
            return false
        }
        _ = passEnd("%}", trims: false)
        let start = position
        while position < finish {
            let begin = position
            guard let sign = passRawEnd() else {
                position += 1
                continue
            }
            var text = source[start..<begin]
            if sign == "-" {
                while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
            } else if sign != "+" {
                isLineStart = false
                stripLineStart(&text)
            }
            emitText(text)
            return true
        }
        throw .notUnderstood(line: savedLine, "\"raw\" without \"endraw\"")
    }

    /// Whether `{% endraw %}` stands here; if so, its sign, and goes past it.
    private mutating func passRawEnd() -> Scalar? {
        guard stands("{%", at: position) else { return nil }
        let (saved, savedLine) = (position, line)
        position += 2
        let sign = position < finish ? source[position] : " "
        if sign == "-" || sign == "+" { position += 1 }
        skipSpace()
        if stands("endraw", at: position) {
            position += 6
            skipSpace()
            if passEnd("%}", trims: true) { return sign }
        }
        (position, line) = (saved, savedLine)
        return nil
    }

    private mutating func readTag(
        _ begin: TemplateToken.Kind, end: Scalar
    ) throws(TemplateFault) {
        emit(begin)
        let start = line
        closings = []
        while true {
            skipSpace()
            guard position < finish else {
                throw .notUnderstood(line: start, "a tag without an end")
            }
            let isEnd = closings.isEmpty && stands("\(end)}", at: position)
            let isTrimmed =
                closings.isEmpty
                && (stands("-\(end)}", at: position) || end == "%" && stands("+%}", at: position))
            if isEnd || isTrimmed {
                emit(end == "%" ? .blockEnd : .outputEnd)
                _ = passEnd("\(end)}", trims: end == "%")
                return
            }
            try readWord()
        }
    }

    private mutating func readWord() throws(TemplateFault) {
        let scalar = source[position]
        if ("0"..."9").contains(scalar) { return try readNumber() }
        if scalar == "'" || scalar == "\"" { return try readString(scalar) }
        if Self.isWord(scalar) {
            let word = source[position..<finish].prefix(while: Self.isWord)
            guard word.count <= TemplateLimits.nameMax else {
                throw .exceeds(line: line, limit: "\(TemplateLimits.nameMax) characters of a name")
            }
            emit(.name(PythonText.text(word)))
            position = word.endIndex
            return
        }
        let two = position + 1 < finish ? PythonText.text(source[position...position + 1]) : ""
        if ["**", "//", "==", "!=", ">=", "<="].contains(two) {
            emit(.sign(two))
            position += 2
            return
        }
        guard "+-/*%~[](){}><=.:|,".unicodeScalars.contains(scalar) else {
            throw .notUnderstood(line: line, "the character \"\(scalar.escaped(asASCII: true))\"")
        }
        switch scalar {
        case "(": closings.append(")")
        case "[": closings.append("]")
        case "{": closings.append("}")
        case ")", "]", "}":
            guard closings.popLast() == scalar else {
                throw .notUnderstood(line: line, "\"\(scalar)\" without its opening")
            }
        default: break
        }
        emit(.sign(String(scalar)))
        position += 1
    }

    private static func isWord(_ scalar: Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }

    private func digits(from start: Int) -> Int {
        var index = start
        while index < finish {
            let isDigit = ("0"..."9").contains(source[index])
            let isJoint =
                source[index] == "_" && index > start && index + 1 < finish
                && ("0"..."9").contains(source[index + 1])
            guard isDigit || isJoint else { break }
            index += 1
        }
        return index
    }

    private mutating func readNumber() throws(TemplateFault) {
        let start = position
        if source[start] == "0", start + 1 < finish,
            let base = ["x": 16, "o": 8, "b": 2][source[start + 1].properties.lowercaseMapping]
        {
            let word = source[(start + 2)..<finish].prefix(while: Self.isWord)
            return try emitInteger(word, base: base)
        }
        var end = digits(from: start)
        var isFloat = false
        let followsPoint = start > 0 && source[start - 1] == "."
        func isDigit(_ index: Int) -> Bool {
            index < finish && ("0"..."9").contains(source[index])
        }
        if !followsPoint, end < finish, source[end] == ".", isDigit(end + 1) {
            end = digits(from: end + 1)
            isFloat = true
        }
        if !followsPoint, end < finish, source[end] == "e" || source[end] == "E" {
            let isSigned = end + 1 < finish && ["+", "-"].contains(source[end + 1])
            let first = end + (isSigned ? 2 : 1)
            if isDigit(first) {
                end = digits(from: first)
                isFloat = true
            }
        }
        guard isFloat else { return try emitInteger(source[start..<end], base: 10) }
        let text = PythonText.text(source[start..<end].filter { $0 != "_" })
        guard let value = Double(text) else {
            throw .notUnderstood(line: line, "the number \(text.prefix(40))")
        }
        emit(.float(value))
        position = end
    }

    private mutating func emitInteger(
        _ digits: ArraySlice<Scalar>, base: Int
    ) throws(TemplateFault) {
        let text = PythonText.text(digits.filter { $0 != "_" })
        guard let value = Int(text, radix: base) else {
            throw .notUnderstood(line: line, "the number \(text.prefix(40))")
        }
        emit(.integer(value))
        position = digits.endIndex
    }

    private mutating func readString(_ quote: Scalar) throws(TemplateFault) {
        let start = position + 1
        var index = start
        while index < finish, source[index] != quote {
            index += source[index] == "\\" ? 2 : 1
        }
        guard index < finish else {
            throw .notUnderstood(line: line, "a quote without its end")
        }
        let inside = source[start..<index]
        guard let text = TemplateEscapes.decoded(inside) else {
            throw .notUnderstood(line: line, "an escape in a text in quotes")
        }
        emit(.string(text))
        line += inside.count { $0 == "\n" }
        position = index + 1
    }
}
