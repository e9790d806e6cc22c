import Wire

/// One condition of a search.
public indirect enum LayerPredicate: Equatable, Sendable {
    /// Every word of the text begins a word of name, tags, summary or label; one of fewer than
    /// three characters is a whole word there.
    case text(String)
    /// The publisher's name for the layer, exactly.
    case name(String)
    /// The layer type.
    case type(String)
    /// The weights that it adapts: all adapters of one base model, whoever made them.
    case base(Digest)
    /// The rank of an adapter; layers without one do not match.
    case rank(ClosedRange<UInt64>)
    /// Bytes of all files.
    case size(ClosedRange<UInt64>)
    /// The licence expression, in its one spelling.
    case licence(String)
    /// What kind of terms it is under.
    case licenceClass(LicenceClass)
    /// A tag, exactly.
    case tag(String)
    /// The language, or a variety of it: `de` also means `de-CH` (RFC 4647 §3.3.1).
    case language(String)
    /// Who publishes it.
    case publisher(NodeKey)
    /// The organisation that shares it among its members.
    case organization(NodeKey)
    /// One of several conditions of one kind.
    case any([LayerPredicate])

    /// Whether a layer meets it.
    public func matches(_ layer: DescribedLayer) -> Bool {
        let content = layer.content
        switch self {
        case .text(let text):
            let words = layer.words
            return SearchWords.words(of: text).allSatisfy { asked in
                words.contains { SearchWords.matches(asked, $0) }
            }
        case .name(let name): return content.name == name
        case .type(let type): return content.type == type
        case .base(let weights): return content.baseWeights == weights
        case .rank(let range): return content.rank.map { range.contains($0) } ?? false
        case .size(let range): return range.contains(content.size)
        case .licence(let licence): return content.licence.utf8.elementsEqual(licence.utf8)
        case .licenceClass(let wanted): return LicenceClass(of: content.licence) == wanted
        case .tag(let tag): return content.tags.contains { $0.utf8.elementsEqual(tag.utf8) }
        case .language(let range):
            return Self.languages(content.language).contains(range.lowercased())
        case .publisher(let key): return layer.publisher == key
        case .organization(let key): return layer.organization == key
        case .any(let options): return options.contains { $0.matches(layer) }
        }
    }

    /// What a language tag answers to: itself and each of its beginnings, in small letters.
    public static func languages(_ tag: String?) -> [String] {
        guard let tag, !tag.isEmpty else { return [] }
        let parts = tag.lowercased().split(separator: "-")
        return parts.indices.map { parts[...$0].joined(separator: "-") }
    }

    /// Its name in a question's JSON.
    public var kind: String {
        switch self {
        case .text: "text"
        case .name: "name"
        case .type: "type"
        case .base: "base"
        case .rank: "rank"
        case .size: "size"
        case .licence: "licence"
        case .licenceClass: "licenceClass"
        case .tag: "tag"
        case .language: "language"
        case .publisher: "publisher"
        case .organization: "organization"
        case .any: "any"
        }
    }

    /// How many conditions it is: each word of a text is one.
    var weight: Int {
        switch self {
        case .text(let text): SearchWords.words(of: text).count
        case .any(let options): options.reduce(0) { $0 + $1.weight }
        default: 1
        }
    }
}
