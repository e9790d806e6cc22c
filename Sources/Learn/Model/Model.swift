import Genome
import Host

/// A base model whose weights are used where they lie on disk: nothing is copied, and every process
/// that runs it shares the same pages.
public final class Model {
    /// One block's weights.
    struct Block {
        /// Weight and bias of the norm before attention.
        let inputNorm: NormWeights
        /// Weight and bias of the norm before the second half.
        let innerNorm: NormWeights
        /// Weights of the norms of query and key heads.
        let headNorms: (query: Stored, key: Stored)?
        /// Query, key and value in that order, or one module that holds all three.
        let inputs: [Linear]
        /// The attention's output.
        let output: Linear
        /// Gate and up, or up alone.
        let inner: [Linear]
        /// Back to the width of the residual stream.
        let down: Linear
    }

    /// What it computes.
    public let architecture: Architecture
    /// The files it was read from.
    public let files: LayerFiles
    let blocks: [Block]
    let embedding: Stored
    let positionEmbedding: Stored?
    let finalNorm: NormWeights
    let head: Linear
    let tensors: TensorMap

    /// Largest `config.json`.
    static let configBytesMax = 4 << 20

    /// Opens a Hugging Face folder: `config.json` and safetensors, sharded or not. Every tensor
    /// must have its place and its shape; none may be left over.
    public init(_ files: LayerFiles) throws(LearnError) {
        self.files = files
        guard let config = try files.bytes("config.json", limit: Self.configBytesMax) else {
            throw .weights(.missingFile("config.json"))
        }
        do throws(WeightsFault) {
            architecture = try ArchitectureReader.read(config)
        } catch {
            throw .weights(error)
        }
        tensors = try TensorMap(
            files, names: try Self.weightFiles(files), headerMax: TensorFile.headerMax)
        var reader = ModelReader(architecture: architecture, tensors: tensors)
        var blocks: [Block] = []
        for index in 0..<architecture.blocks { blocks.append(try reader.block(index)) }
        self.blocks = blocks
        embedding = try reader.embedding()
        positionEmbedding = try reader.positionEmbedding()
        finalNorm = try reader.finalNorm()
        head = try reader.head(embedding: embedding)
        try reader.checkUnused()
    }

    /// The safetensors files of a model: those of the index, or the one.
    private static func weightFiles(_ files: LayerFiles) throws(LearnError) -> [String] {
        let indexName = "model.safetensors.index.json"
        guard let bytes = try files.bytes(indexName, limit: ShardIndex.bytesMax) else {
            guard files.has("model.safetensors") else {
                throw .weights(.missingFile("model.safetensors"))
            }
            return ["model.safetensors"]
        }
        do throws(GenomeError) {
            return Set(try ShardIndex(bytes).files.map(\.file)).sorted()
        } catch {
            throw .weights(.format(file: indexName, error))
        }
    }

    /// Parameters of all tensors.
    public var parameters: UInt64 {
        tensors.tensors.values.reduce(0) { $0 + $1.shape.elementCount }
    }

    /// Multiplications of weights for one token, the head left out: what a prompt costs.
    public var multiplications: UInt64 {
        linears.values.filter { $0.path != head.path }
            .reduce(0) { $0 + UInt64($1.weight.count) }
    }

    /// Bytes of its weights on disk.
    public var byteCount: UInt64 { tensors.byteCount }

    /// Element types of its tensors, sorted.
    public var dataTypes: [String] {
        Set(tensors.tensors.values.map(\.type.rawValue)).sorted()
    }

    /// All linear modules in the order they are computed, the head last.
    var orderedLinears: [Linear] {
        blocks.flatMap { $0.inputs + [$0.output] + $0.inner + [$0.down] } + [head]
    }

    /// All linear modules by path, the head among them.
    var linears: [String: Linear] {
        Dictionary(orderedLinears.map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The tensor that holds a module's weight, as its file names it.
    func tensorName(of linear: Linear) -> String {
        let name = linear.path + ".weight"
        let bare = linear.path.dropFirst(architecture.family.prefix.count) + ".weight"
        return tensors.tensors[name] == nil ? String(bare) : name
    }
}
