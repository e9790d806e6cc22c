/// A family of decoders: how its tensors are named and kept, and which switches it fixes.
///
/// A family is one row of `all`, with the configuration keys it reads in `ConfigKeys`.
public struct Family: Hashable, Sendable {
    /// A linear module of a block.
    public enum Linear: Hashable, Sendable, CaseIterable {
        /// Queries, keys and values: three modules, or one whose outputs stand in this order.
        case query, key, value, fused
        /// The attention's output.
        case output
        /// The second half of the block.
        case gate, up, down
    }

    /// `model_type` in `config.json`.
    public let modelType: String
    /// What stands before every tensor of the headless model: `model.`.
    public let prefix: String
    /// The embedding of tokens.
    public let embedding: String
    /// The embedding of positions, if they are learned.
    public let positionEmbedding: String?
    /// The list of blocks: `layers`.
    public let blockList: String
    /// The norm before attention, before the second half, and after all blocks.
    public let norms: [String]
    /// Names of the linear modules within a block, in the order they are computed.
    public let linears: [Linear: String]
    /// Whether weights are kept transposed, [in, out] (GPT-2's Conv1D).
    public let isTransposed: Bool
    /// Modules that PEFT changes when `target_modules` is absent.
    public let standardTargets: [String]
    /// Tensors that old files hold and nothing uses: masks and tables.
    public let unused: [String]

    /// The families that can be run.
    public static let all: [Family] = [llama, mistral, qwen2, qwen3, gpt2]

    /// The family of a `model_type`.
    public static func named(_ modelType: String) -> Family? {
        all.first { $0.modelType == modelType }
    }

    private static let gatedLinears: [Linear: String] = [
        .query: "self_attn.q_proj", .key: "self_attn.k_proj", .value: "self_attn.v_proj",
        .output: "self_attn.o_proj", .gate: "mlp.gate_proj", .up: "mlp.up_proj",
        .down: "mlp.down_proj",
    ]

    private static func llamaLike(_ modelType: String) -> Family {
        Family(
            modelType: modelType, prefix: "model.", embedding: "embed_tokens",
            positionEmbedding: nil, blockList: "layers",
            norms: ["input_layernorm", "post_attention_layernorm", "norm"],
            linears: gatedLinears, isTransposed: false, standardTargets: ["q_proj", "v_proj"],
            unused: ["self_attn.rotary_emb.inv_freq"])
    }

    static let llama = llamaLike("llama")
    static let mistral = llamaLike("mistral")
    static let qwen2 = llamaLike("qwen2")
    static let qwen3 = llamaLike("qwen3")
    static let gpt2 = Family(
        modelType: "gpt2", prefix: "transformer.", embedding: "wte", positionEmbedding: "wpe",
        blockList: "h", norms: ["ln_1", "ln_2", "ln_f"],
        linears: [
            .fused: "attn.c_attn", .output: "attn.c_proj", .up: "mlp.c_fc", .down: "mlp.c_proj",
        ], isTransposed: true, standardTargets: ["c_attn"],
        unused: ["attn.bias", "attn.masked_bias"])

    /// Path of a linear module of a block, as PEFT names it after its own prefix.
    func path(_ linear: Linear, block: Int) -> String? {
        linears[linear].map { "\(prefix)\(blockList).\(block).\($0)" }
    }
}
