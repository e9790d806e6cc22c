import Genome
import Wire

/// What a mirror follows: one layer, or all that come of one name, publisher, tag or organisation.
public enum Follow: Hashable, Sendable {
    /// One layer and no other version.
    case layer(Digest)
    /// Every version of a publisher's layer of that name.
    case name(NodeKey, String)
    /// Everything of a publisher.
    case publisher(NodeKey)
    /// Everything that carries a tag.
    case tag(String)
    /// What an organisation shares among its members.
    case organization(NodeKey)

    /// From the words that `text` gives; nil for all else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let value = String(parts[1])
        switch parts[0] {
        case "layer":
            guard let layer = Digest(hexadecimal: value) else { return nil }
            self = .layer(layer)
        case "name":
            let halves = value.split(separator: "/", maxSplits: 1).map { String($0) }
            guard halves.count == 2, let key = NodeKey(base32: halves[0]),
                halves[1].utf8.count <= Limits.nameBytesMax, PlainText.isPlain(halves[1])
            else { return nil }
            self = .name(key, halves[1])
        case "publisher":
            guard let key = NodeKey(base32: value) else { return nil }
            self = .publisher(key)
        case "tag":
            guard !value.isEmpty, value.utf8.count <= Limits.tagBytesMax, PlainText.isPlain(value)
            else { return nil }
            self = .tag(value)
        case "organization":
            guard let key = NodeKey(base32: value) else { return nil }
            self = .organization(key)
        default: return nil
        }
    }

    /// In words: `layer:ID`, `name:KEY/NAME`, `publisher:KEY`, `tag:TAG`, `organization:KEY`.
    public var text: String {
        switch self {
        case .layer(let layer): "layer:\(layer.hexadecimal)"
        case .name(let key, let name): "name:\(key.base32)/\(name)"
        case .publisher(let key): "publisher:\(key.base32)"
        case .tag(let tag): "tag:\(tag)"
        case .organization(let key): "organization:\(key.base32)"
        }
    }

    /// Whether a layer is among what is followed.
    public func covers(_ layer: DescribedLayer) -> Bool {
        switch self {
        case .layer(let id): layer.content.layer == id
        case .name(let key, let name): layer.publisher == key && layer.content.name == name
        case .publisher(let key): layer.publisher == key
        case .tag(let tag): layer.content.tags.contains(tag)
        case .organization(let key): layer.organization == key
        }
    }

    /// Whether it names what is wanted so closely that it is kept whoever else keeps it.
    var isCloselyNamed: Bool {
        switch self {
        case .layer, .name: true
        case .publisher, .tag, .organization: false
        }
    }

    /// By what a Node record tells that this is followed. Nil for an organisation: to whom it is
    /// not known it does not exist, and its key can be guessed.
    public var mark: UInt64? {
        if case .organization = self { return nil }
        return Self.mark(text)
    }

    /// By what a Node record tells that sealed blobs of a publisher, or of any, may be kept.
    static func holdMark(for publisher: NodeKey?) -> UInt64 {
        mark("hold:\(publisher?.base32 ?? "any")")
    }

    private static func mark(_ text: String) -> UInt64 {
        Sodium.blake2b(Array("plasmid-follow-v1 \(text)".utf8), count: 32).prefix(8)
            .reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The marks of all that covers a layer for everyone.
    static func marks(of layer: DescribedLayer) -> Set<UInt64> {
        let all: [Follow] =
            [
                .layer(layer.content.layer), .name(layer.publisher, layer.content.name),
                .publisher(layer.publisher),
            ] + layer.content.tags.map { .tag($0) }
        return Set(all.compactMap(\.mark))
    }
}
