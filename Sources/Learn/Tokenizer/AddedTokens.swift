/// The added tokens of a tokenizer, and the two searches for them.
struct AddedTokens: Sendable {
    /// The tokens by place.
    let tokens: [AddedToken]
    private let plain: AddedTokenFinder
    private let normalized: AddedTokenFinder
    private let places: [UInt32: Int]
    private let idByContent: [[UInt8]: UInt32]
    private let specialContents: Set<[UInt8]>
    /// What a token reads as while decoding: its normalised text, where it has one.
    private let spelling: [[UInt8]]

    /// The tokens of a file; `normalizers` is what texts go through.
    init(_ given: [AddedToken], _ normalizers: [Normalizer]) throws(LearnError) {
        guard given.count <= TokenizerLimits.addedTokensMax else {
            let limit = TokenizerLimits.addedTokensMax
            throw .tokenizer(.tooLarge(what: "list of added tokens", limit: limit))
        }
        var places: [UInt32: Int] = [:]
        var idByContent: [[UInt8]: UInt32] = [:]
        var tokens: [AddedToken] = []
        for token in given where !token.content.isEmpty {
            idByContent[Array(token.content.utf8)] = token.id
            if let place = places[token.id] {
                tokens[place] = token
            } else {
                places[token.id] = tokens.count
                tokens.append(token)
            }
        }
        var spelling: [[UInt8]] = []
        for token in tokens {
            var text = Array(token.content.utf8)
            if token.isNormalized {
                for step in normalizers { text = try step.apply(to: text) }
            }
            spelling.append(text)
        }
        let patterns = tokens.indices.map { (text: spelling[$0], token: $0) }
        plain = AddedTokenFinder(
            patterns.filter { !tokens[$0.token].isNormalized }, tokens: tokens)
        normalized = AddedTokenFinder(
            patterns.filter { tokens[$0.token].isNormalized }, tokens: tokens)
        self.tokens = tokens
        self.places = places
        self.idByContent = idByContent
        self.spelling = spelling
        specialContents = Set(tokens.filter(\.isSpecial).map { Array($0.content.utf8) })
    }

    /// One more than the greatest id.
    var idEnd: Int { tokens.map { Int($0.id) + 1 }.max() ?? 0 }

    /// The id of a token's text.
    func id(of content: [UInt8]) -> UInt32? { idByContent[content] }

    /// The token of an id.
    func token(of id: UInt32) -> AddedToken? { places[id].map { tokens[$0] } }

    /// What the token of an id reads as while decoding.
    func spelling(of id: UInt32) -> [UInt8]? { places[id].map { spelling[$0] } }

    /// Whether decoding leaves a token of this text out.
    func isSpecial(_ content: [UInt8]) -> Bool { specialContents.contains(content) }

    /// A part of a text: an added token, or what lies between two.
    enum Part {
        case token(UInt32)
        case text([UInt8], startsText: Bool)
    }

    /// Cuts `text` at the tokens that are looked for as they stand, normalises what is between
    /// them and cuts that at the others.
    func cut(_ text: [UInt8], _ normalizers: [Normalizer]) throws(LearnError) -> [Part] {
        var parts: [Part] = []
        for part in cut(text, startsText: true, by: plain) {
            guard case .text(var bytes, let startsText) = part else {
                parts.append(part)
                continue
            }
            for step in normalizers { bytes = try step.apply(to: bytes) }
            parts += cut(bytes, startsText: startsText, by: normalized)
        }
        return parts
    }

    private func cut(
        _ text: [UInt8], startsText: Bool, by finder: AddedTokenFinder
    ) -> [Part] {
        let found = finder.find(in: text)
        if found.isEmpty { return text.isEmpty ? [] : [.text(text, startsText: startsText)] }
        var parts: [Part] = []
        var last = 0
        for match in found {
            if last < match.start {
                let isFirst = startsText && last == 0
                parts.append(.text(Array(text[last..<match.start]), startsText: isFirst))
            }
            parts.append(.token(tokens[match.token].id))
            last = match.end
        }
        if last < text.count {
            parts.append(.text(Array(text[last...]), startsText: startsText && last == 0))
        }
        return parts
    }
}
