import Wire

/// What a search knows of a layer: the facts of one record, its publisher and, where it is not for
/// everyone, the organisation whose members may see it.
public struct DescribedLayer: Sendable {
    /// What the record says.
    public let content: LayerContent
    /// Who publishes the layer; of a mirror's record the publisher that it names.
    public let publisher: NodeKey
    /// The organisation that shares it among its members; nil for others.
    public let organization: NodeKey?

    /// A layer as these facts describe it.
    public init(content: LayerContent, publisher: NodeKey, organization: NodeKey? = nil) {
        self.content = content
        self.publisher = publisher
        self.organization = organization
    }

    /// A layer as a record describes it; nil for a record of another type. `circles` tells which
    /// organisation stands behind a tag.
    public init?(_ record: Record, circles: [[UInt8]: NodeKey] = [:]) {
        let content: LayerContent
        let publisher: NodeKey
        switch record.content {
        case .layer(let facts): (content, publisher) = (facts, record.publisher)
        case .mirror(let facts, let named): (content, publisher) = (facts, named)
        default: return nil
        }
        var organization: NodeKey?
        if case .restricted(let tag) = record.domain { organization = circles[tag] }
        self.init(content: content, publisher: publisher, organization: organization)
    }

    /// The words that a search for text looks at, each once, in byte order.
    public var words: [String] {
        let texts = [content.name, content.summary ?? "", content.label ?? ""] + content.tags
        return Set(texts.flatMap { SearchWords.words(of: $0) }).sorted()
    }
}
