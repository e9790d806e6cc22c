import Wire

/// A layer as one that takes part in an answer.
public struct LayerPart: Sendable {
    /// Ways in which a layer takes effect.
    public struct Effects: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: Int

        /// Effects of bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// It is the model that runs.
        public static let base = Effects(rawValue: 1)
        /// It adds factors to the base's weights.
        public static let adapter = Effects(rawValue: 2)
        /// Its own words stand before the conversation.
        public static let text = Effects(rawValue: 4)
        /// What it remembers of the matter stands before the conversation.
        public static let memory = Effects(rawValue: 8)
    }

    /// Layer id.
    public let layer: Digest
    /// What to call it.
    public let title: String
    /// What it does; empty for one that nobody runs.
    public let effects: Effects
    /// The base that it was made for, by weights.
    public let base: Digest?

    /// A part.
    public init(layer: Digest, title: String, effects: Effects, base: Digest?) {
        self.layer = layer
        self.title = title
        self.effects = effects
        self.base = base
    }

    /// The part that a manifest's layer plays.
    public init(_ manifest: Manifest) {
        let effects = Self.effects(of: manifest.json, type: manifest.type)
        self.init(
            layer: manifest.layer, title: manifest.reference.description, effects: effects,
            base: effects.contains(.base) ? manifest.weights?.id : manifest.base?.weights)
    }

    /// What a layer of that type with those sections does.
    public static func effects(of json: JSONObject, type: LayerType) -> Effects {
        let adapter: Effects = json["loraConfig"] == nil ? [] : .adapter
        switch type {
        case .foundation: return .base
        case .lora: return .adapter
        case .memory: return adapter.union(.memory)
        case .specialization, .communication: return adapter.union(.text)
        case .assembly, .other: return []
        }
    }
}
