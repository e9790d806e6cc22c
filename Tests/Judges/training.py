#!/usr/bin/env python3
"""Writes what judges the trainer: gradients and optimiser runs of PyTorch, Transformers and PEFT over the tiny
models, Tests/Vectors/training/*.json.

    training.py [MODEL...] [--out DIR]     writes the files
    training.py [MODEL...] --check         computes anew and compares with the files that stand

Everything is computed twice, in float64, which is what a file holds, and in float32 as PEFT trains: how far the
second is from the first is the yardstick, `noise`. Transformers takes norms and softmax in float32 whatever the
model is; for float64 that is undone here (`whole`). The angles of the rotary positions stay in float32 in both.
Examples are run one by one, so there is no padding; eager attention, one thread. The loss of a step is the sum of
the cross-entropies of all its targets over their number, labels shifted by one as Transformers does.

MODEL.json
    case, config, dtype, tensors
                the base, as in Tests/Vectors/models; no dropout is active
    examples    [{input_ids, labels}]; -100 is not learned; a label need not be the next token
    adapters    [{name, config, seed, tensors}]: PEFT's configuration and the start factors by the hash of
                model_fixtures_cases.py, salted with the seed
    gradients   [{adapter, examples, targets, loss, noise, tensors}] where examples are the indices of a batch and
                noise is |loss32 - loss|; its tensors [{name, norm, noise, places, values, dots}]: norm of the
                gradient, relative L2 distance of float32 from it, the gradient at some flat places, and its
                products with the vectors of places `dot 0`, `dot 1`, ... (`probe` below)
    runs        [{name, adapter, start, schedule, warmup, rate, decay, clip, packed, order, steps, noise, factors}]:
                start is "zero" (every lora_B is +0) or "hashed"; order[step][micro-batch] are indices of examples,
                which may be packed into one row if `packed`; steps [{loss, lr, norm}], the norm before clipping;
                noise {loss, norm, delta} of float32: largest difference of a loss, largest relative difference of
                a norm, largest relative Frobenius distance of a module's scale * B A;
                factors [{module, scale, shape_a, shape_b, a, b, delta}] after the last step: A and B in base64 of
                little-endian float32, Frobenius norm of scale * B A - its value at the start.
AdamW as in PyTorch: beta 0.9 and 0.999, epsilon 1e-8, decay on all factors; clipping as clip_grad_norm_, that is by
clip / (norm + 1e-6) where that is below 1; a clip of 0 is none.

schedules.json holds rates of the steps of some lengths for every schedule. After warm-up (W steps, rate *
(s + 1) / W) of N steps: linear rate * (N - s) / (N - W); cosine rate / 2 * (1 + cos(pi (s - W) / (N - W)));
wsd rate * min(1, (N - s) / D) with D = ceil((N - W) / 10); inverse-sqrt rate * sqrt(max(W, 1) / (s + 1)).
training_operators.py judges single operators. Needs bootstrap/judges --torch.
"""

import argparse
import base64
import json
import sys
import tempfile
from pathlib import Path

import peft
import torch
from torch.nn.functional import cross_entropy
from transformers.models.llama import modeling_llama
from transformers.models.mistral import modeling_mistral
from transformers.models.qwen2 import modeling_qwen2
from transformers.models.qwen3 import modeling_qwen3

import model_fixtures as tools
from model_fixtures_adapters import check_loaded, rule, shapes, write_adapter
from model_fixtures_cases import entry, values
from training_cases import (MASKED, MODELS, RUNS, STEPS, adapters_of, bases, example, order, places, rate, targets)

EXAMPLES, PLACES, DOTS = 12, 24, 4
BATCH = [2, 5]
SINGLE, DOUBLE = torch.float32, torch.float64


class Precise:
    """The module torch, except that its float32 is float64."""
    float32 = torch.float64

    def __getattr__(self, name):
        return getattr(torch, name)


class whole:
    """Within it the models compute in the precision of their weights throughout."""
    modules = (modeling_llama, modeling_mistral, modeling_qwen2, modeling_qwen3)

    def __init__(self, dtype):
        self.torch = Precise() if dtype == DOUBLE else torch

    def __enter__(self):
        for module in self.modules:
            module.torch = self.torch

    def __exit__(self, *_):
        for module in self.modules:
            module.torch = torch


def adapter_of(case, name, options, base):
    config, found = shapes(tools.load(base), options)
    config["base_model_name_or_path"] = case["case"]
    return {"name": name, "seed": f"{case['case']}/train/{name}/", "config": config,
            "tensors": [rule(case, tensor, shape) for tensor, shape in found.items()]}


def wrap(case, base, adapter, dtype, folder):
    """The base with the adapter at its start, only the factors learning."""
    stored = write_adapter(adapter, folder)
    model = peft.PeftModel.from_pretrained(tools.load(base, dtype), folder, adapter_name="a0", is_trainable=True)
    check_loaded(case, adapter["name"], model, {key: value.to(dtype) for key, value in stored.items()})
    factors = {name.replace(".a0", ""): part for name, part in model.named_parameters() if part.requires_grad}
    if set(factors) != set(stored) or any(part.dtype != dtype for part in factors.values()):
        raise SystemExit(f"{case['case']}: {adapter['name']} does not learn what it should")
    return model, factors


def sum_of_losses(model, one):
    logits = model(torch.tensor([one["input_ids"]]), use_cache=False).logits[0, :-1]
    return cross_entropy(logits, torch.tensor(one["labels"][1:]), ignore_index=MASKED, reduction="sum")


def backward(model, batch, count):
    """Adds gradients of the mean over `count` targets; the batch's part of the loss."""
    loss = 0.0
    for one in batch:
        part = sum_of_losses(model, one) / count
        part.backward()
        loss += float(part.detach())
    return loss


def check_loss(model, one):
    """Our loss of one example is the one Transformers would take."""
    with torch.no_grad():
        theirs = model(torch.tensor([one["input_ids"]]), labels=torch.tensor([one["labels"]]), use_cache=False).loss
        ours = sum_of_losses(model, one) / targets(one)
    if abs(float(theirs - ours)) > 1e-5:
        raise SystemExit(f"loss {float(ours)}, Transformers say {float(theirs)}")


def check_slope(model, factors, batch, count):
    """The gradient's length is the slope of the loss along it, by central differences."""
    norm = float(torch.sqrt(sum((part.grad ** 2).sum() for part in factors.values())))
    losses = []
    with torch.no_grad():
        for step in (1e-7, -2e-7):
            for part in factors.values():
                part += part.grad * (step / norm)
            losses.append(sum(float(sum_of_losses(model, one)) for one in batch) / count)
    slope = (losses[0] - losses[1]) / 2e-7
    if abs(slope / norm - 1) > 1e-6:
        raise SystemExit(f"slope {slope}, gradient {norm}")


def probe(name, shape, index):
    """A vector of 8-bit numbers between -1 and 1 in the shape of a tensor."""
    return torch.from_numpy(values(entry(f"{name} dot {index}", shape, -7))).double()


def gradient(case, base, adapter, examples, folder):
    batch = [examples[index] for index in BATCH]
    count = sum(targets(one) for one in batch)
    found = []
    for dtype in (DOUBLE, SINGLE):
        with whole(dtype):
            model, factors = wrap(case, base, adapter, dtype, folder)
            loss = backward(model, batch, count)
            found.append((loss, {name: part.grad.double().clone() for name, part in factors.items()}))
            if dtype == DOUBLE:
                check_slope(model, factors, batch, count)
            else:
                check_loss(model, batch[0])
    (loss, exact), (rough, single) = found
    tensors = []
    for name, grad in exact.items():
        norm = float(grad.norm())
        spots = places(name, grad.numel(), PLACES)
        tensors.append({
            "name": name, "norm": short(norm), "noise": short(float((single[name] - grad).norm()) / norm, 3),
            "places": spots, "values": [short(float(grad.flatten()[spot])) for spot in spots],
            "dots": [short(float((grad * probe(name, grad.shape, index)).sum())) for index in range(DOTS)]})
    worst = max(tensor["noise"] for tensor in tensors)
    print(f"  {adapter['name']}: loss {loss:.4f}, float32 noise of a gradient {worst:.1e}", flush=True)
    return {"adapter": adapter["name"], "examples": BATCH, "targets": count, "loss": short(loss, 15),
            "noise": short(abs(rough - loss), 3), "tensors": tensors}


def short(number, digits=10):
    return float(f"{number:.{digits}g}")


def train(case, base, adapter, run, examples, dtype, folder):
    """Steps and last factors of a run; its losses are those before each update."""
    model, factors = wrap(case, base, adapter, dtype, folder)
    if run.get("start", "zero") == "zero":
        with torch.no_grad():
            for name, part in factors.items():
                if "lora_B" in name:
                    part.zero_()
    optimiser = torch.optim.AdamW(factors.values(), lr=1.0, betas=(0.9, 0.999), eps=1e-8,
                                  weight_decay=run.get("decay", 0.0))
    begin = {name: part.detach().clone() for name, part in factors.items()}
    steps = []
    for step, micro in enumerate(order(run, len(examples))):
        lr = rate(run["schedule"], run["rate"], step, run["warmup"], STEPS)
        for group in optimiser.param_groups:
            group["lr"] = lr
        optimiser.zero_grad()
        count = sum(targets(examples[index]) for batch in micro for index in batch)
        loss = sum(backward(model, [examples[index] for index in batch], count) for batch in micro)
        norm = torch.nn.utils.clip_grad_norm_(factors.values(), run.get("clip", 1.0) or float("inf"))
        optimiser.step()
        steps.append({"loss": loss, "lr": lr, "norm": float(norm)})
    scales = {name: module.scaling["a0"] for name, module in model.named_modules()
              if isinstance(module, peft.tuners.lora.LoraLayer)}
    return steps, begin, {name: part.detach().clone() for name, part in factors.items()}, scales


def product(module, factors, scale):
    return scale * factors[f"{module}.lora_B.weight"].double() @ factors[f"{module}.lora_A.weight"].double()


def run_of(case, base, adapter, run, examples, folder):
    found = []
    for dtype in (DOUBLE, SINGLE):
        with whole(dtype):
            found.append(train(case, base, adapter, run, examples, dtype, folder))
    (steps, begin, end, scales), (rough, _, single, _) = found
    factors, noise = [], 0.0
    for module, scale in scales.items():
        change = product(module, end, scale) - product(module, begin, scale)
        off = product(module, single, scale) - product(module, end, scale)
        noise = max(noise, float(off.norm() / change.norm()))
        a, b = end[f"{module}.lora_A.weight"], end[f"{module}.lora_B.weight"]
        factors.append({"module": module, "scale": scale, "shape_a": list(a.shape), "shape_b": list(b.shape),
                        "a": tools.packed(a), "b": tools.packed(b), "delta": short(float(change.norm()))})
    apart = {"loss": short(max(abs(one["loss"] - two["loss"]) for one, two in zip(steps, rough)), 3),
             "norm": short(max(abs(two["norm"] / one["norm"] - 1) for one, two in zip(steps, rough)), 3),
             "delta": short(noise, 3)}
    norms = [step["norm"] for step in steps]
    print(f"  {run['name']}: loss {steps[0]['loss']:.3f} to {steps[-1]['loss']:.3f}, norms {min(norms):.2g} to "
          f"{max(norms):.2g}, float32 noise {apart}", flush=True)
    return {"name": run["name"], "adapter": run["adapter"], "start": run.get("start", "zero"),
            "schedule": run["schedule"], "warmup": run["warmup"], "rate": run["rate"], "decay": run.get("decay", 0.0),
            "clip": run.get("clip", 1.0), "packed": run.get("packed", False), "order": order(run, len(examples)),
            "steps": [{key: short(value, 13) for key, value in step.items()} for step in steps],
            "noise": apart, "factors": factors}


def document_of(case):
    print(case["case"], flush=True)
    examples = [example(case, index) for index in range(EXAMPLES)]
    with tempfile.TemporaryDirectory() as base, tempfile.TemporaryDirectory() as folder:
        tools.write_folder(case, base)
        adapters = {name: adapter_of(case, name, options, base) for name, options in adapters_of(case).items()}
        gradients = [gradient(case, base, adapter, examples, folder) for adapter in adapters.values()]
        runs = [run_of(case, base, adapters[run["adapter"]], run, examples, folder) for run in RUNS[case["case"]]]
    return {"case": case["case"], "config": case["config"], "dtype": case["dtype"], "tensors": case["tensors"],
            "examples": examples, "adapters": list(adapters.values()), "gradients": gradients, "runs": runs}


def schedules():
    names = ("constant", "linear", "cosine", "wsd", "inverse-sqrt")
    lengths = [(12, 0), (12, 1), (30, 7), (1, 0), (5, 5), (50, 10)]
    return {"rate": 3e-4, "schedules": [
        {"schedule": name, "steps": steps, "warmup": warmup,
         "rates": [rate(name, 3e-4, step, warmup, steps) for step in range(steps)]}
        for name in names for steps, warmup in lengths]}


def close(one, other):
    """Whether two documents say the same, numbers within 1e-7 of each other; noise is not compared."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one if key != "noise")
    if isinstance(one, list):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, str) and one != other and len(one) > 40:
        left, right = (torch.frombuffer(bytearray(base64.b64decode(text)), dtype=SINGLE) for text in (one, other))
        return bool(torch.allclose(left, right, rtol=1e-5, atol=1e-7))
    if isinstance(one, float):
        return abs(one - other) <= 1e-7 * max(1.0, abs(one))
    return one == other


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--out", default=Path(__file__).resolve().parent.parent / "Vectors" / "training", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = options.models or MODELS
    made = {case["case"]: lambda case=case: document_of(case) for case in bases() if case["case"] in wanted}
    made["schedules"] = schedules
    differ = 0
    for name, make in made.items():
        document = json.loads(json.dumps(make()))
        file = options.out / f"{name}.json"
        if not options.check:
            tools.dump(document, file)
        elif not close(document, json.loads(file.read_text())):
            differ += 1
            print(f"{file} says something else")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
