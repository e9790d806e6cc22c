#!/usr/bin/env python3
"""Computes with numpy what a node computes of a layer's files.

    strength.py BASE ADAPTER POSITIONS

Prints the parameters of both, ‖scale·B·A‖ / ‖W‖ of each module and of all together, and the
operations of one token of a Llama behind POSITIONS others. B·A is formed here; the node never does.
"""

import json
import sys

import numpy as np


def tensors(path):
    with open(path, "rb") as file:
        data = file.read()
    length = int.from_bytes(data[:8], "little")
    found = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        raw = data[8 + length + begin:8 + length + end]
        if entry["dtype"] == "BF16":
            values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[entry["dtype"]])
        found[name] = values.astype(np.float64).reshape(entry["shape"])
    return found


def main():
    base_dir, adapter_dir, positions = sys.argv[1], sys.argv[2], int(sys.argv[3])
    base = tensors(base_dir + "/model.safetensors")
    factors = tensors(adapter_dir + "/adapter_model.safetensors")
    config = json.load(open(adapter_dir + "/adapter_config.json"))
    scale = config["lora_alpha"] / config["r"]
    modules, update, weight = {}, 0.0, 0.0
    for name, down in factors.items():
        if ".lora_A." not in name:
            continue
        module = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        change = np.sum((scale * factors[name.replace("lora_A", "lora_B")] @ down) ** 2)
        size = np.sum(base[module + ".weight"] ** 2)
        modules[module] = float(np.sqrt(change / size))
        update, weight = update + change, weight + size
    shape = json.load(open(base_dir + "/config.json"))
    # The embedding is tied to the head, so that every matrix is multiplied once.
    matrices = sum(value.size for value in base.values() if value.ndim == 2)
    values = sum(value.size for value in factors.values())
    attention = (4 * shape["num_attention_heads"] * shape["head_dim"] * positions
                 * shape["num_hidden_layers"])
    print(json.dumps({
        "modules": modules, "overall": float(np.sqrt(update / weight)),
        "baseParameters": sum(value.size for value in base.values()),
        "adapterParameters": values,
        "baseOperations": 2 * matrices + attention,
        "adapterOperations": 2 * (matrices + values) + attention,
    }))


main()
