import Genome

/// A layer whose words stand before a conversation.
struct Voice {
    /// The layer.
    let source: LayerSource
    /// What it says: its own words, or nothing for one that remembers.
    let text: String

    /// The layer as one that speaks; refused where it has nothing to say, since a layer without
    /// effect is never taken for one that had some.
    init(_ source: LayerSource) throws(Failure) {
        self.source = source
        text = Guidance.text(of: source.sections, type: source.kind ?? .lora)
        guard !text.isEmpty else {
            throw Failure(
                .refused, "\(source.title) says nothing",
                why: "it has no section that a model could be told",
                remedy: "its publisher writes one in \(LayerSections.fileName)")
        }
    }

    /// Words of an assembly itself.
    init(persona text: String, of source: LayerSource) {
        self.source = source
        self.text = text
    }
}
