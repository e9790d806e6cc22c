/// Terms as an SPDX licence expression (SPDX 2.3 annex D and 3.0 annex B): identifiers joined by
/// `+`, `WITH`, `AND` and `OR`, tightest first.
///
/// The text is printed in one canonical spelling: operators in upper case, known identifiers in
/// the case of the SPDX list, parentheses only where they change the meaning.
public indirect enum LicenceExpression: Hashable, Sendable {
    /// One licence; `orLater` is the `+` behind it.
    case licence(id: String, orLater: Bool)
    /// A licence with an exception or addition.
    case with(LicenceExpression, addition: String)
    /// All of these terms.
    case and(LicenceExpression, LicenceExpression)
    /// Any of these terms.
    case or(LicenceExpression, LicenceExpression)

    /// Longest expression in bytes.
    public static let bytesMax = 512

    /// The expression of a text; refused with the place where it stops being one.
    public init(parsing text: String) throws(GenomeError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw .tooLarge(what: "licence expression", limit: Self.bytesMax)
        }
        var parser = LicenceParser(text)
        self = try parser.parse()
    }

    /// Every licence identifier in it, in order, without `+`.
    public var identifiers: [String] {
        switch self {
        case .licence(let id, _): [id]
        case .with(let licence, _): licence.identifiers
        case .and(let left, let right), .or(let left, let right):
            left.identifiers + right.identifiers
        }
    }
}

extension LicenceExpression: CustomStringConvertible {
    /// The canonical text.
    public var description: String { printed(inside: 0) }

    /// Text with parentheses when an operator that binds tighter stands around it.
    private func printed(inside outer: Int) -> String {
        switch self {
        case .licence(let id, let orLater): return orLater ? id + "+" : id
        case .with(let licence, let addition):
            return "\(licence.printed(inside: 3)) WITH \(addition)"
        case .and(let left, let right):
            let text = "\(left.printed(inside: 2)) AND \(right.printed(inside: 2))"
            return outer > 2 ? "(\(text))" : text
        case .or(let left, let right):
            let text = "\(left.printed(inside: 1)) OR \(right.printed(inside: 1))"
            return outer > 1 ? "(\(text))" : text
        }
    }
}

/// Reads a licence expression by recursive descent.
private struct LicenceParser {
    private struct Token {
        let text: String
        let offset: Int
    }

    private var tokens: [Token] = []
    private var index = 0
    private let end: Int

    /// Deepest nesting of parentheses.
    private static let depthMax = 16

    init(_ text: String) {
        let utf8 = Array(text.utf8)
        end = utf8.count
        var start: Int?
        func word(upTo position: Int) -> Token? {
            start.map {
                Token(text: String(decoding: utf8[$0..<position], as: UTF8.self), offset: $0)
            }
        }
        for (position, byte) in utf8.enumerated() {
            let isSpace = byte == 0x20 || byte == 0x09
            let isSymbol = "()+".utf8.contains(byte)
            if isSpace || isSymbol {
                if let token = word(upTo: position) { tokens.append(token) }
                start = nil
                // `+` belongs to the identifier right before it and ends it.
                let after = position + 1 < utf8.count ? utf8[position + 1] : 0x20
                let isApart =
                    byte == UInt8(ascii: "+")
                    && (position == 0 || [0x20, 0x09].contains(utf8[position - 1])
                        || ![0x20, 0x09, UInt8(ascii: ")")].contains(after))
                if isSymbol {
                    let symbol = String(UnicodeScalar(byte))
                    tokens.append(Token(text: isApart ? " +" : symbol, offset: position))
                }
            } else if start == nil {
                start = position
            }
        }
        if let token = word(upTo: utf8.count) { tokens.append(token) }
    }

    mutating func parse() throws(GenomeError) -> LicenceExpression {
        let expression = try parseOr(depth: 0)
        guard index == tokens.count else { throw expected("AND, OR, WITH or the end") }
        return expression
    }

    private var next: String? { index < tokens.count ? tokens[index].text : nil }

    private func expected(_ what: String) -> GenomeError {
        .licence(at: index < tokens.count ? tokens[index].offset : end, expected: what)
    }

    /// Operators are all upper or all lower case.
    private mutating func take(_ word: String) -> Bool {
        guard next == word || next == word.lowercased() else { return false }
        index += 1
        return true
    }

    private mutating func parseOr(depth: Int) throws(GenomeError) -> LicenceExpression {
        var expression = try parseAnd(depth: depth)
        while take("OR") { expression = .or(expression, try parseAnd(depth: depth)) }
        return expression
    }

    private mutating func parseAnd(depth: Int) throws(GenomeError) -> LicenceExpression {
        var expression = try parseWith(depth: depth)
        while take("AND") { expression = .and(expression, try parseWith(depth: depth)) }
        return expression
    }

    private mutating func parseWith(depth: Int) throws(GenomeError) -> LicenceExpression {
        if take("(") {
            guard depth < Self.depthMax else { throw expected("fewer parentheses") }
            let expression = try parseOr(depth: depth + 1)
            guard take(")") else { throw expected("a closing parenthesis") }
            return expression
        }
        let id = try parseIdentifier(roots: ["LicenseRef-"])
        let isReference = id.hasPrefix("LicenseRef-") || id.contains(":")
        let isOrLater = !isReference && take("+")
        let licence = LicenceExpression.licence(
            id: LicenceCatalogue.spelling(of: id), orLater: isOrLater)
        guard take("WITH") else { return licence }
        let addition = try parseIdentifier(roots: ["AdditionRef-"])
        return .with(licence, addition: LicenceCatalogue.additionSpelling(of: addition))
    }

    /// An identifier: letters, digits, `.` and `-`; a reference may have a document before it.
    private mutating func parseIdentifier(roots: [String]) throws(GenomeError) -> String {
        let operators = ["AND", "OR", "WITH", "(", ")", "+", " +"]
        guard let text = next, !operators.contains(text.uppercased()) else {
            throw expected("a licence identifier")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ Self.isIdentifier($0) }) else {
            throw expected("a licence identifier")
        }
        if parts.count == 2 {
            guard parts[0].hasPrefix("DocumentRef-"), parts[0].utf8.count > 12,
                roots.contains(where: { parts[1].hasPrefix($0) && parts[1] != $0 })
            else { throw expected("DocumentRef-…:\(roots[0])…") }
        }
        let isBare = ["LicenseRef-", "AdditionRef-", "DocumentRef-"].contains {
            text == $0 || parts.count == 1 && text.hasPrefix("DocumentRef-")
        }
        let isWrongRoot = ["LicenseRef-", "AdditionRef-"].contains {
            !roots.contains($0) && (parts.last ?? "").hasPrefix($0)
        }
        guard !isBare, !isWrongRoot else { throw expected("a licence identifier") }
        index += 1
        return text
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0)
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
            }
    }
}
