#!/usr/bin/env python3
"""Shows that the tiny models notice every mistake: each switch is set wrong in Transformers or PEFT, one at a
time, and the stored positions' logits must move by 100 tolerances at least.

    model_fixtures_sensitivity.py      writes Tests/Vectors/models/sensitivity.json and docs/parity.md

Needs the fixtures that model_fixtures.py writes.
"""

import copy
import json
import sys
import tempfile
from pathlib import Path
from unittest import mock

import torch
from transformers.models.llama import modeling_llama
from transformers.models.mistral import modeling_mistral
from transformers.models.qwen2 import modeling_qwen2
from transformers.models.qwen3 import modeling_qwen3

import model_fixtures as tools
from model_fixtures_adapters import attach, write_adapter
from model_fixtures_cases import entry, values

TOLERANCE = 2e-4
LEAST_RATIO = 100
ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = {"llama": modeling_llama, "mistral": modeling_mistral, "qwen2": modeling_qwen2, "qwen3": modeling_qwen3}


def config(**changes):
    """A change of the configuration; `rope__factor` reaches into the scaling."""
    def apply(case):
        for key, value in changes.items():
            if key.startswith("rope__"):
                place = "rope_parameters" if "rope_parameters" in case["config"] else "rope_scaling"
                case["config"][place][key[6:]] = value
            else:
                case["config"][key] = value
        return None
    return apply


def patched(change):
    """A change of the loaded model."""
    return lambda case: change


def parameters(match, change):
    def apply(model):
        found = [parameter for name, parameter in model.named_parameters() if match in name]
        assert found, match
        for parameter in found:
            parameter.data = change(parameter.data)
    return patched(apply)


def zeroed(match):
    return parameters(match, torch.zeros_like)


def attention_scale(factor):
    def apply(model):
        for layer in model.model.layers:
            layer.self_attn.scaling *= factor
    return patched(apply)


def activation(function):
    def apply(model):
        for layer in model.model.layers:
            layer.mlp.act_fn = function
    return patched(apply)


def centred_norms(model):
    """RMSNorm that takes the mean off, as LayerNorm does."""
    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            module.register_forward_pre_hook(lambda _, given: (given[0] - given[0].mean(-1, keepdim=True),))


def uncentred_norms(model):
    """LayerNorm that leaves the mean in, as RMSNorm does."""
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            def forward(x, module=module):
                return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + module.eps) * module.weight + module.bias
            module.forward = forward


def without(name):
    def apply(model):
        for layer in model.model.layers:
            setattr(layer.self_attn, name, torch.nn.Identity())
    return patched(apply)


def head(vocabulary_of):
    """Another matrix as the output head."""
    def apply(model):
        model.lm_head.weight = torch.nn.Parameter(vocabulary_of(model))
    return patched(apply)


def other_head(model):
    shape = model.model.embed_tokens.weight.shape if hasattr(model, "model") else model.transformer.wte.weight.shape
    return torch.from_numpy(values(entry("other head", shape, -8)))


def grouped_wrongly(states, count):
    return states.repeat(1, count, 1, 1)


def interleaved(kind):
    """RoPE over neighbours instead of halves."""
    original = MODULES[kind].apply_rotary_pos_emb

    def order(x):
        return torch.cat((x[..., 0::2], x[..., 1::2]), -1)
    return lambda q, k, cos, sin, **more: original(order(q), order(k), cos, sin, **more)


def norm_after_rope(model):
    """Head norms after RoPE instead of before."""
    original, state = modeling_qwen3.apply_rotary_pos_emb, {"layer": 0}
    norms = []
    for layer in model.model.layers:
        norms.append((layer.self_attn.q_norm, layer.self_attn.k_norm))
        layer.self_attn.q_norm = layer.self_attn.k_norm = torch.nn.Identity()

    def rotate(q, k, cos, sin, **more):
        q_norm, k_norm = norms[state["layer"] % len(norms)]
        state["layer"] += 1
        q, k = original(q, k, cos, sin, **more)
        return q_norm(q), k_norm(k)
    modeling_qwen3.apply_rotary_pos_emb = rotate


def transposed_square(model):
    """GPT-2's square matrix read as [out, in]."""
    for block in model.transformer.h:
        block.attn.c_proj.weight.data = block.attn.c_proj.weight.data.T.contiguous()


ROPE_FAMILY = {
    "norm: mean taken off": patched(centred_norms),
    "norm: weight plus one": parameters("layernorm.weight", lambda weight: weight + 1),
    "activation: GELU (tanh) for SiLU": activation(torch.nn.GELU("tanh")),
    "attention: scale 1 for 1/sqrt(d)": attention_scale(4.0),
    "attention: scale off by a twentieth": attention_scale(1.05),
    "attention: groups interleaved": "group",
    "rope: neighbours for halves": "rope",
    "rope: theta doubled": "theta",
}
SWITCHES = {
    "llama-llama3": {
        **ROPE_FAMILY, "rope: scaling left out": config(rope_scaling=None),
        "rope: linear for llama3": config(rope_scaling={"rope_type": "linear", "factor": 8.0}),
        "rope: factor 4 for 8": config(rope__factor=4.0),
        "rope: low_freq_factor 2 for 1": config(rope__low_freq_factor=2.0),
        "rope: high_freq_factor 8 for 4": config(rope__high_freq_factor=8.0),
        "rope: original length 64 for 32": config(rope__original_max_position_embeddings=64),
        "norm: epsilon 1e-6 for 1e-5": config(rms_norm_eps=1e-6),
        "head: embedding for the head": head(lambda model: model.model.embed_tokens.weight.data * 128)},
    "llama-linear-tied": {
        **ROPE_FAMILY, "rope: scaling left out": config(rope_scaling=None),
        "rope: factor 2 for 4": config(rope__factor=2.0), "norm: epsilon 1e-5 for 1e-3": config(rms_norm_eps=1e-5),
        "head: not tied": head(other_head), "bias of q left out": zeroed("q_proj.bias"),
        "bias of k left out": zeroed("k_proj.bias"), "bias of v left out": zeroed("v_proj.bias"),
        "bias of o left out": zeroed("o_proj.bias"), "bias of gate left out": zeroed("gate_proj.bias"),
        "bias of up left out": zeroed("up_proj.bias"), "bias of down left out": zeroed("down_proj.bias")},
    "llama-yarn": {
        **ROPE_FAMILY, "rope: scaling left out": "default rope",
        "rope: factor 2 for 4": config(rope__factor=2.0), "rope: attention factor 1": config(rope__attention_factor=1.0),
        "rope: beta_fast 32 for 2": config(rope__beta_fast=32.0), "rope: beta_slow 2 for 1": config(rope__beta_slow=2.0),
        "rope: original length 64 for 32": config(rope__original_max_position_embeddings=64),
        "rope: not truncated": config(rope__truncate=False), "norm: epsilon 1e-6 for 1e-5": config(rms_norm_eps=1e-6)},
    "mistral-window": {
        **ROPE_FAMILY, "window left out": config(sliding_window=None), "window 12 for 11": config(sliding_window=12),
        "window 10 for 11": config(sliding_window=10), "attention: scale of hidden/heads": attention_scale(1.5 ** 0.5),
        "norm: epsilon 1e-6 for 1e-5": config(rms_norm_eps=1e-6)},
    "mistral-plain": {**ROPE_FAMILY, "window 32": config(sliding_window=32)},
    "qwen2": {
        **ROPE_FAMILY, "bias of q left out": zeroed("q_proj.bias"), "bias of k left out": zeroed("k_proj.bias"),
        "bias of v left out": zeroed("v_proj.bias"), "head: not tied": head(other_head),
        "norm: epsilon 1e-5 for 1e-3": config(rms_norm_eps=1e-5),
        "window on that is off": config(use_sliding_window=True, sliding_window=16, max_window_layers=0)},
    "qwen2-window": {
        **ROPE_FAMILY, "window left out": config(use_sliding_window=False),
        "window in every layer": config(max_window_layers=0), "window a layer later": config(max_window_layers=2),
        "window 14 for 13": config(sliding_window=14), "norm: epsilon 1e-5 for 1e-6": config(rms_norm_eps=1e-5),
        "head: embedding for the head": head(lambda model: model.model.embed_tokens.weight.data * 128)},
    "qwen3": {
        **ROPE_FAMILY, "head norm of q left out": without("q_norm"), "head norm of k left out": without("k_norm"),
        "head norms after RoPE": patched(norm_after_rope), "norm: epsilon 1e-5 for 1e-3": config(rms_norm_eps=1e-5),
        "head: not tied": head(other_head),
        "head norm: weights left out": parameters("q_norm.weight", torch.ones_like)},
    "gpt2": {
        "activation: GELU by erf for tanh": config(activation_function="gelu"),
        "activation: SiLU": config(activation_function="silu"),
        "norm: epsilon 1e-5 for 1e-3": config(layer_norm_epsilon=1e-5),
        "norm: mean left in": patched(uncentred_norms), "norm: bias of ln_1 left out": zeroed("ln_1.bias"),
        "norm: bias of ln_2 left out": zeroed("ln_2.bias"), "norm: bias of ln_f left out": zeroed("ln_f.bias"),
        "bias of c_attn left out": zeroed("c_attn.bias"), "bias of attention's c_proj left out": zeroed("attn.c_proj.bias"),
        "bias of c_fc left out": zeroed("c_fc.bias"), "bias of MLP's c_proj left out": zeroed("mlp.c_proj.bias"),
        "positions left out": zeroed("wpe"), "attention: not scaled": config(scale_attn_weights=False),
        "attention: scaled by layer": config(scale_attn_by_inverse_layer_idx=True),
        "square matrix transposed": patched(transposed_square), "head: not tied": head(other_head)},
    "gpt2-erf": {
        "activation: GELU by tanh for erf": config(activation_function="gelu_new"),
        "attention: not scaled by layer": config(scale_attn_by_inverse_layer_idx=False),
        "norm: epsilon 1e-5 for 1e-3": config(layer_norm_epsilon=1e-5),
        "norm: mean left in": patched(uncentred_norms)},
}
ADAPTER_SWITCHES = {
    "rslora: plain scale": ("rslora", dict(use_rslora=False)), "dora: magnitudes left out": ("dora", dict(use_dora=False)),
    "patterns: alpha left out": ("patterns", dict(alpha_pattern={})), "scale: alpha 1.05 times": ("qv", "alpha"),
    "layers: one more": ("layers", None), "lora bias: left out": ("lora-bias", "bias"),
    "stack: weights left out": ("stack", None),
}


def moved(case, stored, change):
    """How far a change moves the stored positions' logits."""
    case, kind = copy.deepcopy(case), case["config"]["model_type"]
    guard = mock.patch.dict({}, {})
    if change == "group":
        guard, change = mock.patch.object(MODULES[kind], "repeat_kv", grouped_wrongly), patched(lambda model: None)
    elif change == "rope":
        guard = mock.patch.object(MODULES[kind], "apply_rotary_pos_emb", interleaved(kind))
        change = patched(lambda model: None)
    elif change == "theta":
        inside = case["config"].get("rope_parameters") or {}
        theta = inside.get("rope_theta") or case["config"].get("rope_theta") or 10000.0
        change = config(rope__rope_theta=theta * 2) if "rope_theta" in inside else config(rope_theta=theta * 2)
    elif change == "default rope":
        change = config(rope_parameters={"rope_type": "default", "rope_theta": 500.0})
    after = change(case)
    saved = modeling_qwen3.apply_rotary_pos_emb
    with tempfile.TemporaryDirectory() as folder, guard:
        tools.write_folder(case, folder)
        model = tools.load(folder)
        if after:
            after(model)
        rows = tools.logits(model, stored["prompt"])[stored["positions"]]
    modeling_qwen3.apply_rotary_pos_emb = saved
    return rows


def base_rows(case, stored):
    reference = torch.frombuffer(bytearray(tools.base64.b64decode(stored["logits"])), dtype=torch.float32)
    reference = reference.reshape(len(stored["positions"]), -1)
    for name, change in SWITCHES[case["case"]].items():
        rows = moved(case, stored, change)
        yield name, float((rows - reference).abs().max())


def adapter_rows(case, stored):
    adapters = {adapter["name"]: adapter for adapter in stored["adapters"]}
    with tempfile.TemporaryDirectory() as root:
        base = Path(root) / "base"
        base.mkdir()
        tools.write_folder(case, base)

        def rows(adapter, place):
            write_adapter(adapter, Path(root) / place)
            return tools.logits(attach(tools.load(base), [Path(root) / place]), stored["prompt"])[-4:]
        for name, (adapter, change) in ADAPTER_SWITCHES.items():
            if adapter == "stack":
                parts = stored["stacks"][0]["parts"]
                folders = []
                for part in parts:
                    write_adapter(adapters[part["adapter"]], Path(root) / part["adapter"])
                    folders.append(Path(root) / part["adapter"])
                got = [tools.logits(attach(tools.load(base), folders, weights), stored["prompt"])[-4:]
                       for weights in ([part["weight"] for part in parts], [1.0] * len(parts))]
                yield name, float((got[0] - got[1]).abs().max())
                continue
            if adapter not in adapters:
                continue
            wrong = copy.deepcopy(adapters[adapter])
            if change == "alpha":
                wrong["config"]["lora_alpha"] *= 1.05
            elif change == "bias":
                for tensor in wrong["tensors"]:
                    if tensor["name"].endswith("lora_B.bias"):
                        tensor.update(bits=1, exponent=-149)
            elif change is None:
                wrong["tensors"] = wrong["tensors"][:-2]
            else:
                wrong["config"].update(change)
            right = rows(adapters[adapter], "right")
            yield name.replace("one more", "last module left out"), float((rows(wrong, "wrong") - right).abs().max())


def main():
    table = []
    for case in tools.build():
        stored = json.loads((ROOT / "Tests/Vectors/models" / f"{case['case']}.json").read_text())
        for name, change in list(base_rows(case, stored)) + list(adapter_rows(case, stored)):
            table.append({"case": case["case"], "switch": name, "change": round(change, 4),
                          "ratio": round(change / TOLERANCE)})
            if change < LEAST_RATIO * TOLERANCE:
                print(f"{case['case']}: {name} moves the logits by {change:.4f} only")
    least = min(row["ratio"] for row in table)
    print(f"{len(table)} switches, least ratio {least}")
    if least < LEAST_RATIO:
        return 1
    lines = ",\n  ".join(json.dumps(row) for row in table)
    (ROOT / "Tests/Vectors/models/sensitivity.json").write_text(
        f'{{\n "tolerance": {TOLERANCE},\n "rows": [\n  {lines}\n ]\n}}\n')
    page = (Path(__file__).parent / "model_fixtures_page.md").read_text()
    rows = "\n".join(f"| {row['case']} | {row['switch']} | {row['change']} | {row['ratio']} |" for row in table)
    (ROOT / "docs/parity.md").write_text(page.replace("{least}", str(least)).replace("{rows}", rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
