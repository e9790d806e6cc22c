import Genome
import Wire

/// What the words of `--layer` come to: adapters over the base, layers that speak, how answers are
/// drawn. Assemblies are taken apart here.
struct LayerCast {
    /// The adapters, in the order named.
    private(set) var layers: [ComputeSession.Layer] = []
    /// The layers that speak, in the order of their words.
    private(set) var voices: [Voice] = []
    /// How they want answers drawn; what comes later goes before.
    private(set) var decoding = DecodingChoices()
    /// What they tell of tools.
    private(set) var tools: [JSONValue] = []
    /// The model among an assembly's members.
    private(set) var model: LayerSource?
    /// What an assembly without adapters was made for.
    private(set) var base: BaseFacts?

    private let access: LazyAccess

    init(_ words: [String], _ access: LazyAccess) throws(Failure) {
        self.access = access
        for word in words {
            let (name, weight) = ComputeSession.weighted(word)
            let source = try LayerSource.open(name, access)
            if source.kind == .assembly {
                try add(assembly: source, weight: weight)
            } else {
                try add(source, weight: weight)
            }
        }
    }

    private mutating func add(_ source: LayerSource, weight: Double) throws(Failure) {
        let effects = try effects(of: source)
        if effects.contains(.adapter) {
            layers.append(ComputeSession.Layer(source: source, weight: weight))
        } else if weight != 1 {
            throw Failure(
                .usage, "\(source.title) has no weight",
                why: "it speaks before the conversation and adds nothing to the model's weights",
                remedy: "leave the :\(weight) out")
        }
        try speak(source, effects)
    }

    private mutating func speak(
        _ source: LayerSource, _ effects: LayerPart.Effects
    ) throws(Failure) {
        // An adapter that was made to be a memory need hold no records.
        let isOnlyAdapter = effects.contains(.adapter) && MemoryFiles.names(source).isEmpty
        if effects.contains(.memory), !isOnlyAdapter {
            voices.append(try Voice(memory: source))
        }
        guard effects.contains(.text) else { return }
        // An adapter that also may speak need not.
        let isSilent =
            effects.contains(.adapter)
            && Guidance.text(of: source.sections, type: source.kind ?? .lora).isEmpty
        if !isSilent { voices.append(try Voice(words: source)) }
        decoding = decoding.replaced(by: DecodingChoices(source.sections["decoding"]))
        tools += Guidance.tools(of: source.sections)
    }

    /// What a layer does; refused for one that nobody runs.
    private func effects(of source: LayerSource) throws(Failure) -> LayerPart.Effects {
        guard let kind = source.kind else { return .adapter }
        let effects = LayerPart.effects(of: source.sections, type: kind)
        if effects == .base {
            throw Failure(
                .refused, "\(source.title) is a base model, not a layer over one",
                remedy: "name it with --base")
        }
        guard !effects.isEmpty else {
            throw Failure(
                .unsupported, "\(source.title) is of type \(kind.name)",
                why: "layers of types that begin with x- are kept and shown, never run")
        }
        return effects
    }

    // MARK: Assemblies

    private mutating func add(assembly source: LayerSource, weight: Double) throws(Failure) {
        guard let section = source.sections["assembly"] else {
            throw Failure(.corrupt, "\(source.title) names no layers")
        }
        let assembly = try inGenome("reading \(source.title)") { () throws(GenomeError) in
            try Assembly(section)
        }
        var members: [Digest: LayerSource] = [:]
        for member in assembly.members {
            members[member.layer] = try self.member(member.layer, of: source)
        }
        let parts = members.map { layer, member in
            LayerPart(
                layer: layer, title: member.title,
                effects: member.kind.map { LayerPart.effects(of: member.sections, type: $0) } ?? [],
                base: member.kind == .foundation
                    ? member.offers?.weights : member.base?.weights)
        }
        let plan = try inGenome("reading \(source.title)") { () throws(GenomeError) in
            try AssemblyPlan(assembly, parts)
        }
        for group in plan.adapters {
            let layers = group.compactMap { part in
                members[part.layer].map {
                    ComputeSession.Layer(source: $0, weight: weight * part.weight)
                }
            }
            self.layers.append(try ComputeSession.Layer(merged: layers))
        }
        let persona = Guidance.text(of: source.sections, type: .assembly)
        if !persona.isEmpty { voices.append(Voice(persona, of: source)) }
        for layer in plan.texts {
            guard let member = members[layer], let kind = member.kind else { continue }
            try speak(member, LayerPart.effects(of: member.sections, type: kind))
        }
        decoding = decoding.replaced(by: DecodingChoices(source.sections["decoding"]))
        if let layer = plan.base { model = model ?? members[layer] }
        base = base ?? source.base
    }

    private func member(
        _ layer: Digest, of assembly: LayerSource
    ) throws(Failure) -> LayerSource {
        do throws(Failure) {
            return try LayerSource.held(layer: layer, access)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Failure(
                .notFound, "a member of \(assembly.title) is not here",
                why: "layer \(layer.hexadecimal)",
                remedy: "fetch all of them: plasmid fetch "
                    + "\(assembly.layer?.prefix(16) ?? "LAYER") --with-dependencies")
        }
    }
}
