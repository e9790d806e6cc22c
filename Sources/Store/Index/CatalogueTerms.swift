import Genome
import Wire

/// Under which entries of the full-text index a layer stands, and what a condition looks up there.
///
/// Words of people stand in one table; what has exact values stands in the other under a name of
/// fixed form, a letter and 16 digits of a hash. Two values with one name cost a look at a record,
/// since every record that the index finds is held against the question itself.
enum CatalogueTerms {
    /// What a condition looks up: the table and the FTS5 expression.
    struct Lookup: Equatable {
        /// `words` or `facets`.
        let table: String
        /// One term or several joined by OR, none of them a person's own text unquoted.
        let expression: String
    }

    /// What every layer bears.
    static let all = "all"

    /// The exact values of a layer as they are indexed. `circle` is the tag of those who may see
    /// it; nil for everyone.
    static func facets(_ layer: DescribedLayer, circle: [UInt8]?) -> String {
        let content = layer.content
        var terms = [
            all, term("n", content.name), term("t", content.type), term("l", content.licence),
            term("c", LicenceClass(of: content.licence).rawValue),
            term("p", layer.publisher.bytes), bucket("s", content.size),
        ]
        terms += content.baseWeights.map { [term("b", $0.bytes)] } ?? []
        terms += content.rank.map { [bucket("r", $0)] } ?? []
        terms += content.tags.map { term("g", $0) }
        terms += LayerPredicate.languages(content.language).map { term("a", $0) }
        terms += circle.map { [term("o", $0)] } ?? []
        return terms.joined(separator: " ")
    }

    /// What a condition on exact values looks up; nil where a list would not narrow the search.
    /// Text is looked up word by word. `circles` are the tags of each organisation.
    static func lookup(
        _ predicate: LayerPredicate, circles: [NodeKey: [[UInt8]]]
    ) -> Lookup? {
        guard let terms = terms(predicate, circles) else { return nil }
        // Without a term nothing can match: a term that no layer bears says so.
        let known = terms.isEmpty ? ["none"] : terms
        return Lookup(table: "facets", expression: known.joined(separator: " OR "))
    }

    /// What one word of a text looks up, given the known words that it begins.
    static func lookup(word: String, expansions: [String]) -> Lookup {
        let isIndexed = indexedPrefixes.contains(word.unicodeScalars.count)
        let terms = expansions.isEmpty ? [word] : expansions
        let all = isIndexed ? ["\"\(word)\" *"] : terms.map { "\"\($0)\"" }
        return Lookup(table: "words", expression: all.joined(separator: " OR "))
    }

    /// Whether the beginnings of a word are found by the words themselves.
    static func isLong(_ word: String) -> Bool {
        word.unicodeScalars.count > indexedPrefixes.upperBound
    }

    /// Lengths of beginnings that the index keeps lists of.
    static let indexedPrefixes = SearchWords.prefixMin...5

    /// Doubling ranges of a number that are looked up at most: more leave little out.
    private static let bucketsMax = 16

    private static func terms(
        _ predicate: LayerPredicate, _ circles: [NodeKey: [[UInt8]]]
    ) -> [String]? {
        switch predicate {
        case .text: return nil
        case .name(let text): return [term("n", text)]
        case .type(let text): return [term("t", text)]
        case .base(let weights): return [term("b", weights.bytes)]
        case .rank(let range): return buckets("r", range)
        case .size(let range): return buckets("s", range)
        case .licence(let text): return [term("l", text)]
        case .licenceClass(let known): return [term("c", known.rawValue)]
        case .tag(let text): return [term("g", text)]
        case .language(let range): return [term("a", range.lowercased())]
        case .publisher(let key): return [term("p", key.bytes)]
        case .organization(let key): return (circles[key] ?? []).map { term("o", $0) }
        case .any(let options):
            var all: [String] = []
            for option in options {
                guard let terms = terms(option, circles) else { return nil }
                all += terms
            }
            return all
        }
    }

    private static func term(_ kind: String, _ text: String) -> String {
        term(kind, Array(text.utf8))
    }

    private static func term(_ kind: String, _ bytes: [UInt8]) -> String {
        kind + Hexadecimal.encode(Blake3.hash(bytes).bytes.prefix(8))
    }

    /// The doubling range of a number: 0, 1, 2–3, 4–7, ….
    private static func bucket(_ kind: String, _ number: UInt64) -> String {
        "\(kind)\(UInt64.bitWidth - number.leadingZeroBitCount)"
    }

    private static func buckets(_ kind: String, _ range: ClosedRange<UInt64>) -> [String]? {
        let first = UInt64.bitWidth - range.lowerBound.leadingZeroBitCount
        let last = UInt64.bitWidth - range.upperBound.leadingZeroBitCount
        guard last - first < bucketsMax else { return nil }
        return (first...last).map { "\(kind)\($0)" }
    }
}
