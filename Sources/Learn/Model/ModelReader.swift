import Genome

/// Takes a model's tensors out of its files one by one, and knows which are left over.
struct ModelReader {
    private let architecture: Architecture
    private let tensors: TensorMap
    private let prefix: String
    private var used: Set<String> = []

    init(architecture: Architecture, tensors: TensorMap) {
        self.architecture = architecture
        self.tensors = tensors
        // Files of the headless class lack the prefix that adapters and other files have.
        let family = architecture.family
        let full = "\(family.prefix)\(family.embedding).weight"
        prefix = tensors.tensors[full] == nil ? "" : family.prefix
    }

    private var family: Family { architecture.family }

    private mutating func take(_ name: String, shape: [Int]) throws(LearnError) -> Stored {
        used.insert(name)
        return try tensors.stored(name, shape: shape)
    }

    private mutating func norm(_ name: String, width: Int) throws(LearnError) -> NormWeights {
        let weight = try take("\(name).weight", shape: [width])
        guard architecture.norm == .layer else {
            return NormWeights(weight: weight, bias: nil)
        }
        return NormWeights(weight: weight, bias: try take("\(name).bias", shape: [width]))
    }

    private mutating func linear(
        _ name: String, _ block: Int, inputs: Int, outputs: Int, hasBias: Bool
    ) throws(LearnError) -> Linear {
        let stored = "\(prefix)\(family.blockList).\(block).\(name)"
        let shape = family.isTransposed ? [inputs, outputs] : [outputs, inputs]
        return Linear(
            path: "\(family.prefix)\(family.blockList).\(block).\(name)",
            weight: try take("\(stored).weight", shape: shape), isTransposed: family.isTransposed,
            bias: hasBias ? try take("\(stored).bias", shape: [outputs]) : nil)
    }

    mutating func block(_ index: Int) throws(LearnError) -> Model.Block {
        let width = architecture.width
        let start = "\(prefix)\(family.blockList).\(index)."
        let names = family.linears
        var headNorms: (query: Stored, key: Stored)?
        if architecture.hasHeadNorm {
            let shape = [architecture.headWidth]
            headNorms = (
                try take("\(start)self_attn.q_norm.weight", shape: shape),
                try take("\(start)self_attn.k_norm.weight", shape: shape)
            )
        }
        var inputs: [Linear] = []
        let widths: [(Family.Linear, Int)] = [
            (.query, architecture.queryWidth), (.key, architecture.keyWidth),
            (.value, architecture.keyWidth),
            (.fused, architecture.queryWidth + 2 * architecture.keyWidth),
        ]
        for (linear, outputs) in widths {
            guard let name = names[linear] else { continue }
            inputs.append(
                try self.linear(
                    name, index, inputs: width, outputs: outputs,
                    hasBias: architecture.hasInputBias))
        }
        var inner: [Linear] = []
        for name in [names[.gate], names[.up]].compactMap({ $0 }) {
            inner.append(
                try linear(
                    name, index, inputs: width, outputs: architecture.innerWidth,
                    hasBias: architecture.hasInnerBias))
        }
        return Model.Block(
            inputNorm: try norm(start + family.norms[0], width: width),
            innerNorm: try norm(start + family.norms[1], width: width), headNorms: headNorms,
            inputs: inputs,
            output: try linear(
                names[.output] ?? "", index, inputs: architecture.queryWidth, outputs: width,
                hasBias: architecture.hasOutputBias),
            inner: inner,
            down: try linear(
                names[.down] ?? "", index, inputs: architecture.innerWidth, outputs: width,
                hasBias: architecture.hasInnerBias))
    }

    mutating func embedding() throws(LearnError) -> Stored {
        try take(
            "\(prefix)\(family.embedding).weight",
            shape: [architecture.vocabulary, architecture.width])
    }

    mutating func positionEmbedding() throws(LearnError) -> Stored? {
        guard let name = family.positionEmbedding else { return nil }
        return try take(
            "\(prefix)\(name).weight", shape: [architecture.positions, architecture.width])
    }

    mutating func finalNorm() throws(LearnError) -> NormWeights {
        try norm(prefix + family.norms[2], width: architecture.width)
    }

    /// The output head: the embedding if they are tied, whatever copy a file holds beside it.
    mutating func head(embedding: Stored) throws(LearnError) -> Linear {
        let name = "lm_head.weight"
        guard architecture.isTied else {
            let weight = try take(name, shape: [architecture.vocabulary, architecture.width])
            return Linear(path: "lm_head", weight: weight, isTransposed: false, bias: nil)
        }
        used.insert(name)
        return Linear(path: "lm_head", weight: embedding, isTransposed: false, bias: nil)
    }

    /// Refuses a tensor that nothing uses: the files would hold more than what runs.
    func checkUnused() throws(LearnError) {
        let left = tensors.tensors.keys.filter { name in
            !used.contains(name) && !family.unused.contains { name.hasSuffix("." + $0) }
        }
        if let name = left.min() { throw .weights(.unusedTensor(name)) }
    }
}
