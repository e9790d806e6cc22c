#!/usr/bin/env python3
"""Writes what PEFT's merges make of two adapters: Tests/Vectors/models/merges.json.

    model_fixtures_merges.py

Needs the fixtures that model_fixtures.py writes. DARE draws at random; here element i of draw number n is kept
if the top 24 bits of hash word i of the name "draw n" (see model_fixtures_cases.py) are below density * 2**24.
Draws are numbered from 0 as PEFT makes them: module by module in the model's order, A of each adapter, then B
of each. A tensor that is pruned by size keeps its floor(density * count) largest elements.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path
from unittest import mock

import numpy
import peft
import torch

import model_fixtures as tools
from model_fixtures_adapters import attach, rule, shapes, write_adapter
from model_fixtures_cases import hashed

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "models"
TARGETS = {"qwen2": dict(target_modules=["q_proj", "v_proj"]),
           "gpt2": dict(target_modules=["c_proj"], fan_in_fan_out=True)}
SHOWN = {"qwen2": "model.layers.1.self_attn.v_proj", "gpt2": "transformer.h.1.attn.c_proj"}
MERGES = [
    ("linear", [0.7, 0.4], {}), ("linear", [1.0, -0.5], {}), ("cat", [0.7, 0.4], {}), ("cat", [1.0, -0.5], {}),
    ("svd", [0.7, 0.4], {"svd_rank": 3}), ("ties", [0.7, 0.4], {"density": 0.5}),
    ("ties", [0.7, 0.4], {"density": 0.3, "majority_sign_method": "frequency"}),
    ("magnitude_prune", [0.7, 0.4], {"density": 0.4}), ("dare_linear", [0.7, 0.4], {"density": 0.6}),
    ("dare_ties", [0.7, 0.4], {"density": 0.6}),
]
UNLOADED = {"qwen2": {"qv": "v_proj", "all-linear": "k_proj", "rslora": "v_proj", "dora": "v_proj"},
            "gpt2": {"all-linear": "attn.c_proj", "dora": "attn.c_proj"}}


def packed(tensor):
    return {"shape": list(tensor.shape), "values": base64.b64encode(
        tensor.detach().contiguous().float().numpy().astype("<f4").tobytes()).decode()}


class Draws:
    """Stands in for torch.bernoulli."""

    def __init__(self):
        self.count = 0

    def __call__(self, probabilities):
        density = float(probabilities.flatten()[0])
        words = hashed(f"draw {self.count}", probabilities.numel()) >> numpy.uint64(40)
        self.count += 1
        kept = words < numpy.uint64(round(density * 2**24))
        return torch.from_numpy(kept.astype(numpy.float32)).reshape(probabilities.shape)


def pair(case, base):
    """Two adapters of one rank and of two scales."""
    made = []
    for name, alpha in (("merge-a", 8), ("merge-b", 2)):
        config, found = shapes(tools.load(base), dict(r=4, lora_alpha=alpha, **TARGETS[case["case"]]))
        config["base_model_name_or_path"] = case["case"]
        made.append({"name": name, "seed": f"{case['case']}/{name}/", "config": config,
                     "tensors": [rule(case, tensor, shape) for tensor, shape in found.items()]})
    return made


def merged(case, base, folders, prompt, method, weights, options):
    wrapped = attach(tools.load(base), folders)
    with mock.patch.object(torch, "bernoulli", Draws()):
        wrapped.base_model.add_weighted_adapter(["a0", "a1"], weights, "sum", combination_type=method, **options)
    wrapped.base_model.set_adapter("sum")
    layer = wrapped.base_model.model.get_submodule(SHOWN[case["case"]])
    a, b = layer.lora_A["sum"].weight, layer.lora_B["sum"].weight
    found = {"case": case["case"], "method": method, "weights": weights, **options, "module": SHOWN[case["case"]],
             "rank": wrapped.peft_config["sum"].r, "alpha": wrapped.peft_config["sum"].lora_alpha,
             "scale": layer.scaling["sum"], "positions": list(range(len(prompt) - 4, len(prompt))),
             "logits": tools.packed(tools.logits(wrapped, prompt)[-4:])}
    # Singular vectors have no sign of their own: only their product can be compared.
    found.update({"delta": packed(b @ a)} if method == "svd" else {"A": packed(a), "B": packed(b)})
    return found


def unloaded(case, base, root, adapter, suffix, prompt):
    write_adapter(adapter, root / adapter["name"])
    plain = attach(tools.load(base), [root / adapter["name"]]).merge_and_unload()
    name = next(name for name, _ in plain.named_parameters() if name.endswith(f"{suffix}.weight"))
    return {"case": case["case"], "adapter": adapter["name"], "tensor": name,
            "weight": packed(plain.get_parameter(name)), "positions": list(range(len(prompt) - 4, len(prompt))),
            "logits": tools.packed(tools.logits(plain, prompt)[-4:])}


def main():
    document = {"adapters": [], "merges": [], "unloaded": []}
    for case in tools.build():
        if case["case"] not in TARGETS:
            continue
        stored = json.loads((VECTORS / f"{case['case']}.json").read_text())
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            base = root / "base"
            base.mkdir()
            tools.write_folder(case, base)
            adapters = pair(case, base)
            for adapter in adapters:
                write_adapter(adapter, root / adapter["name"])
                document["adapters"].append({"case": case["case"], **adapter})
            folders = [root / adapter["name"] for adapter in adapters]
            for merge in MERGES:
                document["merges"].append(merged(case, base, folders, stored["prompt"], *merge))
            for name, suffix in UNLOADED[case["case"]].items():
                adapter = next(each for each in stored["adapters"] if each["name"] == name)
                document["unloaded"].append(unloaded(case, base, root, adapter, suffix, stored["prompt"]))
    tools.dump(document, VECTORS / "merges.json")
    print(f"{len(document['merges'])} merges, {len(document['unloaded'])} merged models, peft {peft.__version__}")


if __name__ == "__main__":
    sys.exit(main())
