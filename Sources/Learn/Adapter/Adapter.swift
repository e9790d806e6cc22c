import Genome
import Host
import Wire

/// A PEFT adapter whose files agree with each other; what it does to a model is decided when it is
/// bound to one.
public final class Adapter {
    /// Where its configuration stands.
    public static let configName = "adapter_config.json"
    /// Where its factors stand.
    public static let weightsName = "adapter_model.safetensors"

    /// The configuration and the modules that have factors.
    public let facts: AdapterFacts
    /// What to call it in messages.
    public let title: String
    /// Bytes of its factors on disk.
    public var byteCount: UInt64 { tensors.byteCount }
    private let files: LayerFiles
    private let tensors: TensorMap
    /// Names of the tensors by module and what they are there.
    private let names: [String: [TensorRole: String]]

    /// Opens an adapter. What the configuration asks for and is not built in is refused by name,
    /// and so is a factor that is not finite.
    public init(_ files: LayerFiles) throws(LearnError) {
        self.files = files
        title = files.title
        let name = Self.configName
        guard let bytes = try files.bytes(name, limit: AdapterConfig.bytesMax) else {
            throw .weights(.missingFile(name))
        }
        tensors = try TensorMap(
            files, names: [Self.weightsName], headerMax: TensorFile.adapterHeaderMax)
        var names: [String: [TensorRole: String]] = [:]
        for name in tensors.tensors.keys {
            let (module, role) = TensorRole.role(of: name)
            names[module, default: [:]][role] = name
        }
        self.names = names
        do throws(GenomeError) {
            let config = try AdapterConfig(bytes)
            facts = try AdapterFacts.check(config, Array(tensors.tensors.values))
        } catch {
            throw .weights(.format(file: name, error))
        }
        try refuseNotBuilt()
        for tensor in tensors.tensors.keys.sorted() {
            guard try tensors.stored(tensor).isFinite else { throw .weights(.notFinite(tensor)) }
        }
    }

    private func refuseNotBuilt() throws(LearnError) {
        let config = facts.config
        let notBuilt: String? =
            if config.bias != "none" {
                "bias"
            } else if !config.modulesToSave.isEmpty || !facts.saved.isEmpty {
                "modules_to_save"
            } else if config.hasTokenRows {
                "trainable_token_indices"
            } else if config.isWeightDecomposed && config.hasFactorBias {
                "lora_bias"
            } else {
                nil
            }
        if let notBuilt {
            throw .weights(
                .adapterKey(notBuilt, why: "changes what is computed and is not built in yet"))
        }
        let isEmbedding = { (name: String) in name.contains(".lora_embedding_") }
        if let name = tensors.tensors.keys.filter(isEmbedding).min() {
            throw .weights(
                .adapterKey(
                    "target_modules", why: "names an embedding (\(name)), which is not built in yet"
                ))
        }
    }

    /// The tensors of one module's factors.
    struct Parts {
        let down: Stored
        let up: Stored
        let upBias: Stored?
        let magnitude: Stored?
    }

    /// The factors of a module by its path in this adapter.
    func parts(of module: AdapterFacts.Module) throws(LearnError) -> Parts {
        let (rank, inputs) = (Int(module.rank), Int(module.inputs))
        guard let down = try tensor(module, .down, shape: [rank, inputs]),
            let up = try tensor(module, .up, shape: [Int(module.outputs), rank])
        else { throw .weights(.missingTensor(module.path)) }
        return Parts(
            down: down, up: up, upBias: try tensor(module, .upBias),
            magnitude: try tensor(module, .magnitude))
    }

    /// A copy that is written to memory and read back from there, and whether its numbers are those
    /// of this one. Narrow numbers are written as f32, which changes none.
    func rewritten() throws(LearnError) -> (copy: Adapter, isSame: Bool) {
        let (file, written) = try write(factors())
        defer { withExtendedLifetime(file) {} }
        var paths = files.paths
        paths[Self.weightsName] = file.path
        let copy = try Adapter(LayerFiles(paths, title: title))
        return (copy, TensorBytes.hash(try copy.factors()) == written)
    }

    private func write(_ factors: [TrainedTensor]) throws(LearnError) -> (File, Digest) {
        do throws(SystemError) {
            let file = try File.inMemory(Self.weightsName)
            return (file, try TensorBytes.write(factors, to: file).blob)
        } catch {
            throw .weights(.unreadable(file: Self.weightsName, error.reason))
        }
    }

    /// What `parts` gives of every module, under PEFT's names.
    private func factors() throws(LearnError) -> [TrainedTensor] {
        var factors: [TrainedTensor] = []
        for module in facts.modules {
            let parts = try parts(of: module)
            func add(_ ending: String, _ stored: Stored?, isVector: Bool = false) {
                guard let stored else { return }
                factors.append(
                    TrainedTensor(
                        name: "base_model.model.\(module.path)\(ending)",
                        shape: isVector ? [stored.count] : [stored.rows, stored.columns],
                        values: stored.values()))
            }
            add(".lora_A.weight", parts.down)
            add(".lora_B.weight", parts.up)
            add(".lora_B.bias", parts.upBias, isVector: true)
            add(".lora_magnitude_vector", parts.magnitude, isVector: true)
        }
        return factors
    }

    private func tensor(
        _ module: AdapterFacts.Module, _ role: TensorRole, shape: [Int]? = nil
    ) throws(LearnError) -> Stored? {
        guard let name = names[module.path]?[role] else { return nil }
        guard let shape else { return try tensors.stored(name) }
        return try tensors.stored(name, shape: shape)
    }

    /// alpha / rank, or alpha / √rank, with the module's own alpha and rank.
    func scale(of module: AdapterFacts.Module) throws(LearnError) -> Double {
        guard let alpha = facts.config.alpha(of: module.path).flatMap({ Double($0) }) else {
            throw .weights(.adapterKey("alpha_pattern", why: "cannot be followed"))
        }
        let rank = Double(module.rank)
        return facts.config.isRankStabilised ? alpha / rank.squareRoot() : alpha / rank
    }
}
