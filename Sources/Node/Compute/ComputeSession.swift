import Genome
import Host
import Learn
import Wire

/// A base with the layers that a command asked for, opened and checked, ready to run.
struct ComputeSession {
    /// How sure it is that the layers were made for this base.
    enum BaseMatch: String {
        /// Weights, graph and tokenizer are those that each layer names.
        case verified
        /// A plain folder is among them, which names nothing that could be checked.
        case unverified
    }

    /// One layer that acts on the base.
    struct Layer {
        let source: LayerSource
        let weight: Double
        /// The layers that become this one before it runs; empty for one that is what it is.
        var merged: [Layer] = []

        init(source: LayerSource, weight: Double) {
            self.source = source
            self.weight = weight
        }

        /// Several layers as one, which takes its place among others by the lowest id.
        init(merged layers: [Layer]) throws(Failure) {
            let first = layers.min { ($0.source.layer ?? "") < ($1.source.layer ?? "") }
            guard let first else {
                throw Failure(.internal, "a group of layers is empty")
            }
            guard layers.count > 1 else {
                self = first
                return
            }
            source = first.source
            weight = 1
            merged = layers
        }

        /// The layers that it comes from.
        var sources: [LayerSource] { merged.isEmpty ? [source] : merged.map(\.source) }
    }

    /// The base.
    let base: LayerSource
    /// The layers over it.
    let layers: [Layer]
    /// Whether they belong together.
    let match: BaseMatch
    /// The opened base.
    let model: Model
    /// The opened layers, in the same order.
    let adapters: [Adapter]
    /// The opened layers, bound; nil without any.
    let stack: AdapterStack?
    /// The layers whose words stand before the conversation.
    var voices: [Voice] = []
    /// How the layers want answers drawn.
    var decoding = DecodingChoices()
    /// What the layers tell of tools.
    var tools: [JSONValue] = []

    /// Opens what `--base` and `--layer` name.
    static func open(_ arguments: Arguments, _ report: Report) throws(Failure) -> ComputeSession {
        let use = try LayerUse.run(arguments.texts("purpose"))
        return try open(
            base: arguments.text("base"), layers: arguments.texts("layer"),
            LazyAccess(report, for: use))
    }

    /// Opens a base and the layers over it.
    static func open(
        base word: String?, layers words: [String], _ access: LazyAccess
    ) throws(Failure) -> ComputeSession {
        let cast = try LayerCast(words, access)
        var session = try open(
            base: word, cast.layers, model: cast.model, facts: cast.base, access)
        session.voices = cast.voices
        session.decoding = cast.decoding
        session.tools = cast.tools
        return session
    }

    /// The adapters that the words of `--layer` name.
    static func layers(
        _ words: [String], _ access: LazyAccess
    ) throws(Failure) -> [Layer] {
        try LayerCast(words, access).layers
    }

    /// Opens a base under layers whose files are known; `model` and `facts` say what an assembly
    /// among them runs on.
    static func open(
        base word: String?, _ layers: [Layer], model member: LayerSource? = nil,
        facts: BaseFacts? = nil, _ access: LazyAccess
    ) throws(Failure) -> ComputeSession {
        let base: LayerSource
        if word == nil, let member {
            base = member
        } else {
            base = try self.base(word, layers, facts, access)
        }
        return try open(on: base, layers)
    }

    /// Opens layers on a base; all their files are known.
    static func open(
        on base: LayerSource, _ layers: [Layer]
    ) throws(Failure) -> ComputeSession {
        let match = try BaseCheck.check(base, layers.flatMap(\.sources))
        let model = try model(of: base)
        let (adapters, stack) = try bound(layers, model)
        return ComputeSession(
            base: base, layers: layers, match: match, model: model, adapters: adapters,
            stack: stack)
    }

    /// The opened base; one of the store whose files cannot be read is damaged here.
    static func model(of base: LayerSource) throws(Failure) -> Model {
        do throws(Failure) {
            return try inLearn("opening \(base.title)") { () throws(LearnError) in
                try Model(base.files)
            }
        } catch {
            guard let layer = base.layer, error.code == .corrupt else { throw error }
            throw LayerSource.damagedBase(base.title, layer, error.why)
        }
    }

    /// `LAYER` or `LAYER:WEIGHT`; a folder may have a colon in its name.
    static func weighted(_ word: String) -> (name: String, weight: Double) {
        guard !LayerSource.isFolder(word), let colon = word.lastIndex(of: ":"),
            let weight = Double(word[word.index(after: colon)...]), weight.isFinite
        else { return (word, 1) }
        return (String(word[..<colon]), weight)
    }

    /// The base that is named, or that of the layers.
    static func base(
        _ word: String?, _ layers: [Layer], _ other: BaseFacts? = nil, _ access: LazyAccess
    ) throws(Failure) -> LayerSource {
        if let word { return try LayerSource.open(word, access) }
        if let facts = layers.lazy.flatMap(\.sources).compactMap(\.base).first ?? other {
            return try LayerSource.held(weights: facts.weights, access)
        }
        throw Failure(
            .usage, "no base is named",
            why: layers.isEmpty
                ? "without an adapter nothing says what to run"
                : "a plain folder does not say what it was made for",
            remedy: "say --base LAYER or --base DIR")
    }

    /// Opens the layers and binds them to a model; no stack without any.
    static func bound(
        _ layers: [Layer], _ model: Model
    ) throws(Failure) -> (adapters: [Adapter], stack: AdapterStack?) {
        guard !layers.isEmpty else { return ([], nil) }
        var members: [AdapterStack.Member] = []
        for layer in layers {
            members.append(
                AdapterStack.Member(
                    try adapter(layer), weight: layer.weight,
                    identifier: layer.source.layer ?? layer.source.title))
        }
        let titles = layers.flatMap(\.sources).map(\.title).joined(separator: ", ")
        let stack = try inLearn("putting \(titles) on the base") { () throws(LearnError) in
            try AdapterStack(members, model: model)
        }
        return (members.map(\.adapter), stack)
    }

    private static func adapter(_ layer: Layer) throws(Failure) -> Adapter {
        guard !layer.merged.isEmpty else {
            return try inLearn("opening \(layer.source.title)") { () throws(LearnError) in
                try Adapter(layer.source.files)
            }
        }
        var parts: [AdapterMerge.Part] = []
        for part in layer.merged { parts.append((try adapter(part), part.weight)) }
        let titles = layer.sources.map(\.title).joined(separator: " and ")
        let ready = parts
        return try inLearn("merging \(titles)") { () throws(LearnError) in
            try Adapter.sum(ready, title: titles)
        }
    }

    /// Refuses layers that speak, for a verb that looks at weights alone.
    func requireSilence(_ verb: String) throws(Failure) {
        guard let voice = voices.first else { return }
        throw Failure(
            .refused, "\(verb) looks at weights alone",
            why: "\(voice.source.title) stands before a conversation and changes none",
            remedy: "leave it out, or name the adapters alone")
    }

    /// An engine; refused if it would take more memory than there is.
    func engine(_ arguments: Arguments, positions: Int) throws(Failure) -> Engine {
        let profile = try Self.profile(arguments)
        let threads = try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault
        let needed = Engine.memoryEstimate(
            model.architecture, profile: profile, positions: positions)
        if let available = Machine.availableMemory, needed > available {
            throw Failure(
                LearnError.weights(.tooMuchMemory(needed: needed, allowed: available)),
                doing: "starting the engine")
        }
        return try inLearn("starting the engine") { () throws(LearnError) in
            try Engine(model, profile: profile, threads: threads)
        }
    }

    /// `--profile`, or the portable one.
    static func profile(_ arguments: Arguments) throws(Failure) -> Profile {
        guard let name = arguments.text("profile") else { return .portable }
        guard let profile = Profile(named: name) else {
            let known = Profile.allCases.map(\.rawValue)
            throw Failure(
                .usage, "there is no profile \(PlainText.shown(name))",
                why: FrozenName.successor(of: name, among: known).map {
                    "it is the name from before the rules were frozen as \($0)"
                } ?? "",
                remedy: "say " + known.joined(separator: " or "))
        }
        return profile
    }

    /// The base's tokenizer; refused where there is none.
    func tokenizer() throws(Failure) -> Tokenizer {
        try Self.tokenizer(of: base)
    }

    /// The tokenizer of a model's files.
    static func tokenizer(of base: LayerSource) throws(Failure) -> Tokenizer {
        let tokenizer = try inLearn("opening the tokenizer of \(base.title)") {
            () throws(LearnError) in try Tokenizer(base.files)
        }
        guard let tokenizer else {
            throw Failure(
                .refused, "\(base.title) has no tokenizer",
                why: "there is neither tokenizer.json nor vocab.json with merges.txt",
                remedy: "give token ids with --prompt-tokens")
        }
        return tokenizer
    }

    /// What answers, for people: base and layers with their weights.
    var title: String {
        let names =
            layers.flatMap { $0.merged.isEmpty ? [$0] : $0.merged }.map { layer in
                layer.weight == 1 ? layer.source.title : "\(layer.source.title) × \(layer.weight)"
            } + voices.map(\.source.title)
        return names.isEmpty ? base.title : names.joined(separator: " + ") + " on " + base.title
    }

    /// The members that every answer carries.
    func describe(_ object: inout JSONObject, _ profile: Profile) {
        object["profile"] = .string(profile.rawValue)
        object["base"] = .string(match.rawValue)
        object["baseLayer"] = base.layer.map { .string($0) } ?? .null
        object["layers"] = .array(layers.map { Self.entry($0) })
        guard !voices.isEmpty else { return }
        object["voices"] = .array(
            voices.map { voice in
                [
                    "layer": voice.source.layer.map { .string($0) } ?? .null,
                    "title": .string(voice.source.title),
                    "type": .string(voice.source.type ?? ""),
                ]
            })
    }

    private static func entry(_ layer: Layer) -> JSONValue {
        var object = JSONObject()
        guard layer.merged.isEmpty else {
            object["merged"] = .array(layer.merged.map { entry($0) })
            return .object(object)
        }
        object["layer"] = layer.source.layer.map { .string($0) } ?? .null
        object["title"] = .string(layer.source.title)
        object["weight"] = .double(layer.weight)
        return .object(object)
    }
}
