"""The tiny models whose logits judge the engine: their configurations, tensors and weights.

No weight is stored. Element i of a tensor comes from a hash of the tensor's name and of i:

    z = fnv1a64(name) + (i + 1) * 0x9E3779B97F4A7C15            (64 bits, wrapping; SplitMix64's stream)
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9
    z = (z ^ z >> 27) * 0x94D049BB133111EB
    k = top `bits` bits of z ^ z >> 31, as a signed number
    value = offset + k * 2**exponent

which is exact in bfloat16 for every rule of a base model. HashedWeights.swift does the same.
"""

import numpy

GOLDEN = 0x9E3779B97F4A7C15
MASK = 2**64 - 1


def fnv1a64(name):
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = (state ^ byte) * 0x100000001B3 & MASK
    return state


def hashed(name, count):
    """`count` 64-bit words."""
    with numpy.errstate(over="ignore"):
        words = numpy.uint64(fnv1a64(name)) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(GOLDEN)
        words = (words ^ words >> numpy.uint64(30)) * numpy.uint64(0xBF58476D1CE4E5B9)
        words = (words ^ words >> numpy.uint64(27)) * numpy.uint64(0x94D049BB133111EB)
        return words ^ words >> numpy.uint64(31)


def values(tensor):
    """The elements of a tensor of a case, float32, in its shape."""
    count = int(numpy.prod(tensor["shape"]))
    signed = hashed(tensor["name"], count).astype(numpy.int64) >> (64 - tensor["bits"])
    exact = tensor["offset"] + signed * 2.0 ** tensor["exponent"]
    return exact.astype(numpy.float32).reshape(tensor["shape"])


def entry(name, shape, exponent, offset=0.0, bits=8):
    return {"name": name, "shape": list(shape), "bits": bits, "exponent": exponent, "offset": offset}


def norm(name, width, offset=1.0, exponent=-6):
    return entry(name, [width], exponent, offset, bits=6)


def llama_like(config, small=False, head_norm=False):
    """Tensors of the Llama family in the file's order. With `small` the residual stream stays near
    the square root of a usual epsilon, so that the epsilon counts."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    head = config.get("head_dim") or width // heads
    stream = -15 if small else -8
    tensors = [entry("model.embed_tokens.weight", [config["vocab_size"], width], stream)]
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        tensors += [norm(f"{at}.input_layernorm.weight", width), norm(f"{at}.post_attention_layernorm.weight", width)]
        for part, rows, exponent in (("q", heads, -8), ("k", groups, -8), ("v", groups, -9)):
            bits = 7 if part == "q" and width > 64 else 8
            tensors.append(entry(f"{at}.self_attn.{part}_proj.weight", [rows * head, width], exponent, bits=bits))
            if config["model_type"] == "qwen2" or config.get("attention_bias"):
                tensors.append(entry(f"{at}.self_attn.{part}_proj.bias", [rows * head], -7))
        tensors.append(entry(f"{at}.self_attn.o_proj.weight", [width, heads * head], stream - 1))
        if config.get("attention_bias"):
            tensors.append(entry(f"{at}.self_attn.o_proj.bias", [width], stream))
        if head_norm:
            tensors += [norm(f"{at}.self_attn.{part}_norm.weight", head, 2.0, -5) for part in "qk"]
        for part, shape, exponent in (("gate", [inner, width], -8), ("up", [inner, width], -9),
                                      ("down", [width, inner], stream - 2)):
            tensors.append(entry(f"{at}.mlp.{part}_proj.weight", shape, exponent))
            if config.get("mlp_bias"):
                tensors.append(entry(f"{at}.mlp.{part}_proj.bias", shape[:1], stream if part == "down" else -8))
    tensors.append(norm("model.norm.weight", width))
    if not config.get("tie_word_embeddings"):
        tensors.append(entry("lm_head.weight", [config["vocab_size"], width], -8))
    return tensors


def gpt2_like(config, prefix=""):
    """Tensors of GPT-2; its dense weights are stored [in, out]. The bias of c_fc lies near -2.5, where
    the two forms of GELU differ by some hundredths of their value."""
    width, inner = config["n_embd"], config.get("n_inner") or 4 * config["n_embd"]
    tensors = [entry(f"{prefix}wte.weight", [config["vocab_size"], width], -8),
               entry(f"{prefix}wpe.weight", [config["n_positions"], width], -8)]

    def layer_norm(at):
        return [norm(f"{at}.weight", width), entry(f"{at}.bias", [width], -9)]

    for layer in range(config["n_layer"]):
        at = f"{prefix}h.{layer}"
        tensors += layer_norm(f"{at}.ln_1")
        tensors += [entry(f"{at}.attn.c_attn.weight", [width, 3 * width], -8),
                    entry(f"{at}.attn.c_attn.bias", [3 * width], -8),
                    entry(f"{at}.attn.c_proj.weight", [width, width], -10),
                    entry(f"{at}.attn.c_proj.bias", [width], -9)]
        tensors += layer_norm(f"{at}.ln_2")
        tensors += [entry(f"{at}.mlp.c_fc.weight", [width, inner], -10),
                    entry(f"{at}.mlp.c_fc.bias", [inner], -5, -2.5, bits=5),
                    entry(f"{at}.mlp.c_proj.weight", [inner, width], -5),
                    entry(f"{at}.mlp.c_proj.bias", [width], -9)]
    return tensors + layer_norm(f"{prefix}ln_f")


LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 257, "hidden_size": 96,
         "intermediate_size": 136, "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 2,
         "hidden_act": "silu", "max_position_embeddings": 256, "rms_norm_eps": 1e-05, "attention_bias": False,
         "mlp_bias": False, "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False}
MISTRAL = {"model_type": "mistral", "architectures": ["MistralForCausalLM"], "vocab_size": 257, "hidden_size": 64,
           "intermediate_size": 120, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
           "head_dim": 24, "hidden_act": "silu", "max_position_embeddings": 256, "rms_norm_eps": 1e-05,
           "sliding_window": 11, "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False}
QWEN2 = {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": 263, "hidden_size": 64,
         "intermediate_size": 104, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "hidden_act": "silu", "max_position_embeddings": 256, "rms_norm_eps": 0.001, "rope_theta": 1000000.0,
         "sliding_window": 32768, "use_sliding_window": False, "max_window_layers": 2, "bos_token_id": 1,
         "eos_token_id": 2, "tie_word_embeddings": True, "torch_dtype": "bfloat16"}
QWEN3 = {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "vocab_size": 259, "hidden_size": 64,
         "intermediate_size": 112, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": 32, "hidden_act": "silu", "max_position_embeddings": 256, "rms_norm_eps": 0.001,
         "attention_bias": False, "sliding_window": None, "use_sliding_window": False, "max_window_layers": 3,
         "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": True, "dtype": "bfloat16",
         "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}}
GPT2 = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 257, "n_embd": 64, "n_layer": 2,
        "n_head": 4, "n_positions": 128, "n_ctx": 128, "activation_function": "gelu_new",
        "layer_norm_epsilon": 0.001, "bos_token_id": 256, "eos_token_id": 256}


def case(name, config, tensors, prompt, dtype="BF16", adapters=()):
    return {"case": name, "config": config, "dtype": dtype, "tensors": tensors, "prompt_length": prompt,
            "adapter_names": list(adapters)}


def build():
    llama3 = {**LLAMA, "rope_theta": 2000.0, "torch_dtype": "bfloat16", "rope_scaling": {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32}}
    linear = {**LLAMA, "hidden_size": 64, "num_attention_heads": 4, "rms_norm_eps": 0.001, "tie_word_embeddings": True,
              "attention_bias": True, "mlp_bias": True, "torch_dtype": "float32",
              "rope_scaling": {"type": "linear", "factor": 4.0}}
    yarn = {**LLAMA, "num_hidden_layers": 3, "dtype": "float16", "rope_parameters": {
        "rope_type": "yarn", "rope_theta": 500.0, "factor": 4.0, "original_max_position_embeddings": 32,
        "beta_fast": 2.0, "beta_slow": 1.0}}
    windowed = {**QWEN2, "use_sliding_window": True, "sliding_window": 13, "max_window_layers": 1,
                "num_hidden_layers": 3, "tie_word_embeddings": False, "rms_norm_eps": 1e-06, "vocab_size": 257}
    plain = {**MISTRAL, "sliding_window": None, "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
             "dtype": "bfloat16"}
    erf = {**GPT2, "activation_function": "gelu", "n_inner": 200, "n_layer": 3, "scale_attn_by_inverse_layer_idx": True}
    return [
        case("llama-llama3", llama3, llama_like(llama3, small=True), 56),
        case("llama-linear-tied", linear, llama_like(linear), 44, "F32"),
        case("llama-yarn", yarn, llama_like(yarn, small=True), 64, "F16"),
        case("mistral-window", {**MISTRAL, "rope_theta": 10000.0, "torch_dtype": "bfloat16"},
             llama_like(MISTRAL, small=True), 47),
        case("mistral-plain", plain, llama_like(plain, small=True), 40),
        case("qwen2", QWEN2, llama_like(QWEN2), 45),
        case("qwen2-window", windowed, llama_like(windowed, small=True), 50),
        case("qwen3", QWEN3, llama_like(QWEN3, head_norm=True), 52),
        case("gpt2", GPT2, gpt2_like(GPT2), 48),
        case("gpt2-erf", erf, gpt2_like(erf, "transformer."), 41),
    ]
