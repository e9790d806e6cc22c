#!/usr/bin/env python3
"""Writes the tiny models and reference answers that judge the engine: Tests/Vectors/models/*.json.

    model_fixtures.py [CASE...] [--out DIR]

Each file holds a configuration, the tensors with the rule of their hashed weights (see
model_fixtures_cases.py), a prompt, logits of chosen positions and the greedy continuation, then adapters and
stacks of adapters with the same of theirs. All computed by Transformers and PEFT: eager attention, weights in float32, one CPU thread, no cache. Needs bootstrap/judges --torch.
"""

import argparse
import base64
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import numpy
import torch
import transformers
from safetensors.torch import save_file

from model_fixtures_adapters import add_adapters
from model_fixtures_cases import build, hashed, values

TYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}
STEPS = 64
LEAST_MARGIN = 0.01
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def write_folder(case, folder, tensors=None):
    """A base model as the hub has it."""
    folder = Path(folder)
    (folder / "config.json").write_text(json.dumps(case["config"], indent=2))
    stored = {}
    for tensor in tensors or case["tensors"]:
        exact = torch.from_numpy(values(tensor))
        stored[tensor["name"]] = exact.to(TYPES[case["dtype"]])
        if not torch.equal(stored[tensor["name"]].float(), exact):
            raise SystemExit(f"{case['case']}: {tensor['name']} is not exact in {case['dtype']}")
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})


def load(folder, dtype=torch.float32):
    model, report = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, attn_implementation="eager", output_loading_info=True)
    faults = {key: found for key, found in report.items() if found}
    if faults:
        raise SystemExit(f"{folder}: {faults}")
    return model.eval()


def logits(model, tokens):
    with torch.no_grad():
        return model(torch.tensor([tokens]), use_cache=False).logits[0]


def greedy(model, prompt, steps):
    """The continuation and by how much each of its tokens won."""
    tokens, margins = list(prompt), []
    for _ in range(steps):
        best = torch.topk(logits(model, tokens)[-1], 2)
        margins.append(float(best.values[0] - best.values[1]))
        tokens.append(int(best.indices[0]))
    return tokens[len(prompt):], margins


def packed(rows):
    return base64.b64encode(rows.float().numpy().astype("<f4").tobytes()).decode()


def prompt_of(case, attempt):
    vocabulary = case["config"]["vocab_size"]
    words = hashed(f"{case['case']} prompt {attempt}", case["prompt_length"])
    return [int(word % numpy.uint64(vocabulary - 3)) + 3 for word in words]


def choose_prompt(case, model):
    """The first prompt whose greedy continuation never is a close call, ends nothing and does not
    run in a circle, so that it can be demanded token for token."""
    best = None
    for attempt in range(200):
        prompt = prompt_of(case, attempt)
        tokens, margins = greedy(model, prompt, STEPS)
        if case["config"]["eos_token_id"] in tokens:
            continue
        score = min(min(margins), LEAST_MARGIN) * len(set(tokens))
        if best is None or score > best[0]:
            best = (score, prompt, tokens, margins)
        if min(margins) >= LEAST_MARGIN and len(set(tokens)) >= 20:
            break
    return best[1:]


def attention_peak(model, prompt):
    with torch.no_grad():
        maps = model(torch.tensor([prompt]), use_cache=False, output_attentions=True).attentions
    return float(torch.cat([rows[0, :, 1:].amax(-1).flatten() for rows in maps]).median())


def samples(case):
    chosen = case["tensors"][:: max(1, len(case["tensors"]) // 8)][:8]
    found = []
    for tensor in chosen:
        flat = values(tensor).reshape(-1)
        index = int(hashed(f"{tensor['name']} sample", 1)[0] % numpy.uint64(flat.size))
        found.append({"tensor": tensor["name"], "index": index, "value": float(flat[index])})
    return found


def fixture(case, folder):
    write_folder(case, folder)
    model = load(folder)
    prompt, tokens, margins = choose_prompt(case, model)
    length = len(prompt)
    positions = [0, length // 2] + list(range(length - 4, length))
    reference = logits(model, prompt)
    exact = logits(load(folder, torch.float64), prompt)
    noise = float((reference - exact).abs().max())
    print(f"{case['case']}: peak {attention_peak(model, prompt):.2f}, logits std {float(reference.std()):.2f}, "
          f"float32 noise {noise:.1e}, least margin {min(margins):.3f}, {len(set(tokens))} different tokens")
    document = {
        "case": case["case"], "config": case["config"], "dtype": case["dtype"], "tensors": case["tensors"],
        "samples": samples(case), "prompt": prompt, "positions": positions,
        "logits": packed(reference[positions]), "noise": noise,
        "greedy": {"tokens": tokens, "margins": [round(margin, 5) for margin in margins]},
    }
    add_adapters(sys.modules[__name__], case, prompt, folder, document)
    return document


def dump(document, path):
    """JSON with one line for each member and each tensor."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inside = ",\n  ".join(json.dumps(each) for each in value)
            lines.append(f"{json.dumps(key)}: [\n  {inside}\n ]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    path.write_text("{\n " + ",\n ".join(lines) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--out", default=Path(__file__).resolve().parent.parent / "Vectors" / "models", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for case in build():
        if options.cases and case["case"] not in options.cases:
            continue
        with tempfile.TemporaryDirectory() as folder:
            dump(fixture(case, folder), options.out / f"{case['case']}.json")


if __name__ == "__main__":
    sys.exit(main())
