import Genome

/// A layer whose words stand before a conversation.
struct Voice {
    /// Where the words come from.
    enum Content {
        /// Always the same.
        case words(String)
        /// What is remembered of the matter.
        case memory(OpenMemory)
    }

    /// The layer.
    let source: LayerSource
    /// What it says.
    let content: Content

    /// A layer that speaks; refused where it has nothing to say, since a layer without effect is
    /// never taken for one that had some.
    init(words source: LayerSource) throws(Failure) {
        let text = Guidance.text(of: source.sections, type: source.kind ?? .lora)
        guard !text.isEmpty else {
            throw Failure(
                .refused, "\(source.title) says nothing",
                why: "it has no section that a model could be told",
                remedy: "its publisher writes one in \(LayerSections.fileName)")
        }
        self.source = source
        content = .words(text)
    }

    /// A layer that remembers.
    init(memory source: LayerSource) throws(Failure) {
        self.source = source
        content = .memory(try OpenMemory(source))
    }

    /// Words of an assembly itself.
    init(_ persona: String, of source: LayerSource) {
        self.source = source
        content = .words(persona)
    }

    /// The memory, if it is one.
    var memory: OpenMemory? {
        if case .memory(let memory) = content { memory } else { nil }
    }
}
