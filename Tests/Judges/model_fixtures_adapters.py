"""Adapters over the tiny models, as PEFT configures, stores and runs them.

Their tensors are hashed like those of the models; the name that is hashed is the adapter's `seed` and the
tensor's name. Sizes follow the weights that they change, so that every adapter moves the logits clearly.
"""

import json
import logging
import math
import re
import tempfile
import warnings
from pathlib import Path

import peft
import torch
from safetensors.torch import load_file, save_file

from model_fixtures_cases import entry, values

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
LEAST_EFFECT = 0.02
PREFIX = "base_model.model."
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
LLAMA_LIKE = {
    "qv": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]),
    "all-linear": dict(r=8, lora_alpha=16, target_modules="all-linear", lora_dropout=0.1),
    "rslora": dict(r=8, lora_alpha=8, target_modules=ATTENTION, use_rslora=True),
    "dora": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "o_proj", "down_proj"], use_dora=True),
    "patterns": dict(r=4, lora_alpha=4, target_modules=ATTENTION + ["down_proj"], exclude_modules=["k_proj"],
                     rank_pattern={"q_proj": 2, "layers.1.mlp.down_proj": 6},
                     alpha_pattern={"layers.0.self_attn.v_proj": 9.0, "down_proj": 12}),
    "patterns-rslora": dict(r=4, lora_alpha=4, target_modules=["q_proj", "v_proj"], use_rslora=True,
                            rank_pattern={"v_proj": 9}, alpha_pattern={"^model.layers.1.self_attn.q_proj": 16}),
    "regex": dict(r=5, lora_alpha=10, target_modules=r".*\.layers\.[01]\.(self_attn\.[qk]_proj|mlp\.(up|gate)_proj)"),
    "layers": dict(r=4, lora_alpha=8, target_modules=["q_proj", "o_proj"], layers_to_transform=[1]),
    "lora-bias": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], lora_bias=True),
    "embedding": dict(r=4, lora_alpha=8, target_modules=["embed_tokens", "v_proj"]),
}
GPT2_LIKE = {
    "qv": dict(r=4, lora_alpha=8, target_modules=["c_attn"], fan_in_fan_out=True),
    "all-linear": dict(r=8, lora_alpha=16, target_modules="all-linear", fan_in_fan_out=True),
    "rslora": dict(r=8, lora_alpha=8, target_modules=["c_attn", "c_fc"], use_rslora=True, fan_in_fan_out=True),
    "dora": dict(r=4, lora_alpha=8, target_modules=["c_attn", "c_proj"], use_dora=True, fan_in_fan_out=True),
    "patterns": dict(r=4, lora_alpha=4, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True,
                     rank_pattern={"c_attn": 2, "h.1.mlp.c_proj": 6}, alpha_pattern={"attn.c_proj": 9}),
    "regex": dict(r=5, lora_alpha=10, target_modules=r".*\.h\.\d+\.attn\.c_(attn|proj)", fan_in_fan_out=True),
    "layers": dict(r=4, lora_alpha=8, target_modules=["c_attn", "c_fc"], layers_to_transform=[1],
                   layers_pattern="h", fan_in_fan_out=True),
    "lora-bias": dict(r=4, lora_alpha=8, target_modules=["c_attn"], lora_bias=True, fan_in_fan_out=True),
    "bias-all": dict(r=4, lora_alpha=8, target_modules=["c_attn"], bias="all", fan_in_fan_out=True),
}
BIASED = {"bias-lora-only": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], bias="lora_only"),
          "bias-all": dict(r=4, lora_alpha=8, target_modules=["q_proj"], bias="all")}
UNTIED = {"head": dict(r=4, lora_alpha=8, target_modules=["q_proj"], modules_to_save=["lm_head"])}
MAY_REFUSE = {"embedding": "low rank on the embedding", "head": "a full copy of the head",
              "bias-all": "biases of the base replaced", "bias-lora-only": "biases of the base replaced",
              "lora-bias": "a bias on B"}
FEW = ("qv", "all-linear", "rslora", "dora")
STACKS = [[("qv", 1.0), ("all-linear", 0.5)], [("rslora", 0.75)], [("qv", -0.5), ("rslora", 0.25), ("dora", 1.0)]]


def adapters_of(case):
    """Configurations for a case: the first of each family has all, its sisters a few."""
    kind = case["config"]["model_type"]
    if kind == "gpt2":
        table = GPT2_LIKE
    else:
        table = dict(LLAMA_LIKE)
        if kind == "qwen2" or case["config"].get("attention_bias"):
            table.update(BIASED)
        if not case["config"].get("tie_word_embeddings"):
            table.update(UNTIED)
    whole = case["case"] in ("llama-llama3", "llama-linear-tied", "mistral-window", "qwen2", "qwen3", "gpt2")
    return {name: options for name, options in table.items() if whole or name in FEW}


def module_rule(case, name):
    """The rule of the base tensor that an adapter's tensor changes, and its width of input."""
    module = re.sub(r"(\.base_layer)?\.(lora_.*|bias|weight)$", "", name.removeprefix(PREFIX))
    for tensor in case["tensors"]:
        for end in (".weight", ""):
            if module == tensor["name"].removesuffix(".weight") or module == "transformer." + \
                    tensor["name"].removesuffix(".weight"):
                return tensor
    raise SystemExit(f"{case['case']}: no base tensor for {name}")


def rule(case, name, shape):
    base = module_rule(case, name)
    is_conv = case["config"]["model_type"] == "gpt2"
    inputs = base["shape"][0 if is_conv else -1]
    size = base["exponent"] - (8 - base["bits"])
    # 22 bits leave no two elements of one size, so that pruning by size has one answer.
    if "lora_embedding_A" in name:
        return entry(name, shape, -7 - 14, bits=22)
    if "lora_A" in name:
        return entry(name, shape, -10 - 14, bits=22)
    if "lora_B.bias" in name:
        return entry(name, shape, size)
    if "lora_B" in name or "lora_embedding_B" in name:
        return entry(name, shape, size - 3 - 14, bits=22)
    if "magnitude" in name:
        norm = math.sqrt(inputs) * 74 * 2.0 ** size
        step = math.floor(math.log2(norm)) - 6
        return entry(name, shape, step, round(norm / 2.0 ** step) * 2.0 ** step, bits=5)
    for tensor in case["tensors"]:
        plain = name.removeprefix(PREFIX).replace(".base_layer", "")
        if plain.removeprefix("transformer.") == tensor["name"].removeprefix("transformer."):
            return {**tensor, "name": name, "shape": list(shape)}
    raise SystemExit(f"{case['case']}: no rule for {name}")


def shapes(model, options):
    """What PEFT would save, and its configuration as it writes it."""
    with tempfile.TemporaryDirectory() as folder:
        wrapped = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", **options))
        wrapped.save_pretrained(folder, save_embedding_layers=False)
        config = json.loads((Path(folder) / "adapter_config.json").read_text())
        found = {name: tuple(tensor.shape) for name, tensor in
                 sorted(load_file(Path(folder) / "adapter_model.safetensors").items())}
    for key, value in config.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            config[key] = sorted(value)
    config["inference_mode"] = True
    return config, found


def write_adapter(adapter, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps(adapter["config"], indent=2, sort_keys=True))
    stored = {tensor["name"]: torch.from_numpy(values({**tensor, "name": adapter["seed"] + tensor["name"]}))
              for tensor in adapter["tensors"]}
    save_file(stored, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    return stored


def attach(model, folders, weights=None):
    """The model with adapters from folders, all active, each with its weight."""
    names = [f"a{index}" for index in range(len(folders))]
    wrapped = peft.PeftModel.from_pretrained(model, folders[0], adapter_name=names[0])
    for name, folder in zip(names[1:], folders[1:]):
        wrapped.load_adapter(folder, adapter_name=name)
    wrapped.base_model.set_adapter(names)
    for module in wrapped.modules():
        if isinstance(module, peft.tuners.lora.LoraLayer):
            for name, weight in zip(names, weights or [1.0] * len(names)):
                if name in module.scaling:
                    module.scaling[name] *= weight
    return wrapped.eval()


def reference(tools, wrapped, prompt, steps=16):
    positions = list(range(len(prompt) - 4, len(prompt)))
    rows = tools.logits(wrapped, prompt)
    tokens, margins = tools.greedy(wrapped, prompt, steps)
    return rows, {"positions": positions, "logits": tools.packed(rows[positions]),
                  "greedy": {"tokens": tokens, "margins": [round(margin, 5) for margin in margins]}}


def add_adapters(tools, case, prompt, base_folder, document):
    """Adapters and stacks of a case with what PEFT says of them."""
    plain = tools.logits(tools.load(base_folder), prompt)
    document["adapters"], document["stacks"] = [], []
    root = Path(tempfile.mkdtemp())
    least = math.inf
    for name, options in adapters_of(case).items():
        config, found = shapes(tools.load(base_folder), options)
        config["base_model_name_or_path"] = case["case"]
        best = None
        for attempt in range(20):
            adapter = {"name": name, "seed": f"{case['case']}/{name}/{attempt}/", "config": config,
                       "tensors": [rule(case, tensor, shape) for tensor, shape in found.items()]}
            stored = write_adapter(adapter, root / name)
            wrapped = attach(tools.load(base_folder), [root / name])
            check_loaded(case, name, wrapped, stored)
            rows, answer = reference(tools, wrapped, prompt)
            margin = min(answer["greedy"]["margins"])
            if best is None or margin > best[0]:
                best = (margin, adapter, rows, answer)
            if margin > tools.LEAST_MARGIN:
                break
        margin, adapter, rows, answer = best
        write_adapter(adapter, root / name)
        effect = float((rows - plain)[-4:].abs().max())
        least = min(least, effect)
        if effect < LEAST_EFFECT:
            raise SystemExit(f"{case['case']}: {name} moves the logits by {effect} only")
        if name in MAY_REFUSE:
            adapter["mayRefuse"] = MAY_REFUSE[name]
        adapter["effect"] = round(effect, 4)
        document["adapters"].append({**adapter, **answer})
    for stack in STACKS:
        wrapped = attach(tools.load(base_folder), [root / name for name, _ in stack], [weight for _, weight in stack])
        parts = [{"adapter": name, "weight": weight} for name, weight in stack]
        document["stacks"].append({"parts": parts, **reference(tools, wrapped, prompt)[1]})
    print(f"  {len(document['adapters'])} adapters, least effect {least:.2f}")
    return root


def check_loaded(case, name, wrapped, stored):
    """PEFT took every tensor of the file."""
    state = peft.get_peft_model_state_dict(wrapped, adapter_name="a0", save_embedding_layers=False)
    if set(state) != set(stored) or any(not torch.equal(state[key], stored[key]) for key in stored):
        raise SystemExit(f"{case['case']}: PEFT did not load {name} as it was written")
