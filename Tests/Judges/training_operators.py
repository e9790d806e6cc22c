#!/usr/bin/env python3
"""Writes the gradients of single operators as PyTorch's autograd gives them in float64:
Tests/Vectors/training/operators.json.

    training_operators.py [--out DIR]

A list of {operator, parameters, inputs, upstream, output, gradients}: inputs by name and the upstream gradient are
rules of hashed tensors (model_fixtures_cases.py), all in float32's reach; output and gradients are base64 of
little-endian float32, rounded once from float64. Rows are tokens.

    rms-norm      x, weight; epsilon                  (weight's gradient is not given: it does not learn)
    layer-norm    x, weight, bias; epsilon
    silu-product  gate, up: silu(gate) * up
    gelu-tanh, gelu-erf   x
    linear        x [tokens, in], weight [out, in], a [rank, in], b [out, rank]; scale:
                  x W^T + scale (x A^T) B^T, gradients of x, a and b
    rotary        x [tokens, heads * head]; first position and theta; pairs are (i, i + head / 2), angles in float32
    attention     q [tokens, heads * head], k, v [tokens, groups * head]; head, window (0 is none); causal, scaled by
                  the root of head; a query sees itself and window - 1 keys before it
    cross-entropy logits [tokens, vocabulary], labels (-100 is not learned): the mean over learned rows, a label for
                  its own row (nothing is shifted); its upstream is one number
"""

import argparse
import base64
import json
from pathlib import Path

import torch
from torch.nn import functional

from model_fixtures_cases import entry, hashed, values

torch.set_num_threads(1)


def packed(tensor):
    return base64.b64encode(tensor.detach().float().numpy().astype("<f4").tobytes()).decode()


def rotary(x, first, theta, head):
    """Rotates pairs half a head apart by the position's angles."""
    tokens = x.shape[0]
    frequencies = 1.0 / theta ** (torch.arange(0, head, 2).float() / head)
    angles = (torch.arange(first, first + tokens).float()[:, None] * frequencies).double()
    cosine, sine = (torch.cat([part, part], -1)[:, None] for part in (angles.cos(), angles.sin()))
    heads = x.view(tokens, -1, head)
    turned = torch.cat([-heads[..., head // 2:], heads[..., :head // 2]], -1)
    return (heads * cosine + turned * sine).reshape(tokens, -1)


def attention(q, k, v, head, window):
    tokens = q.shape[0]
    queries, keys, held = (part.view(tokens, -1, head).transpose(0, 1) for part in (q, k, v))
    share = queries.shape[0] // keys.shape[0]
    keys, held = (part.repeat_interleave(share, 0) for part in (keys, held))
    place = torch.arange(tokens)
    distance = place[:, None] - place
    hidden = (distance < 0) | ((distance >= window) if window else torch.zeros_like(distance).bool())
    scores = (queries @ keys.transpose(1, 2) / head ** 0.5).masked_fill(hidden, float("-inf"))
    return (scores.softmax(-1) @ held).transpose(0, 1).reshape(tokens, -1)


def linear(x, weight, a, b, scale):
    return x @ weight.T + scale * (x @ a.T) @ b.T


OPERATORS = {
    "rms-norm": lambda x, weight, epsilon: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon) * weight,
    "layer-norm": lambda x, weight, bias, epsilon: functional.layer_norm(x, x.shape[-1:], weight, bias, epsilon),
    "silu-product": lambda gate, up: functional.silu(gate) * up,
    "gelu-tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "gelu-erf": functional.gelu,
    "linear": linear,
    "rotary": rotary,
    "attention": attention,
    "cross-entropy": lambda logits, labels: functional.cross_entropy(logits, torch.tensor(labels)),
}
FROZEN = {"weight", "bias"}


def labels(count, vocabulary):
    words = [int(word) for word in hashed("labels", count)]
    return [-100 if word % 3 == 0 else word % vocabulary for word in words]


def cases():
    """Name, sizes of inputs (shape, exponent of their 8 bits, offset), parameters, shape of the output."""
    heads = [(7, 4, 4, 8, 0), (19, 6, 2, 16, 0), (23, 4, 2, 24, 5), (70, 2, 1, 16, 0), (1, 2, 1, 8, 0)]
    for width, exponent, epsilon in ((64, -5, 1e-5), (96, -12, 1e-3), (515, -6, 1e-6)):
        yield "rms-norm", {"x": ([5, width], exponent), "weight": ([width], -7, 1.0)}, {"epsilon": epsilon}, [5, width]
        yield ("layer-norm", {"x": ([5, width], exponent), "weight": ([width], -7, 1.0), "bias": ([width], -6)},
               {"epsilon": epsilon}, [5, width])
    yield "silu-product", {"gate": ([9, 40], -4), "up": ([9, 40], -6)}, {}, [9, 40]
    yield "gelu-tanh", {"x": ([9, 40], -5)}, {}, [9, 40]
    yield "gelu-erf", {"x": ([9, 40], -5)}, {}, [9, 40]
    for tokens, inputs, outputs, rank in ((11, 48, 40, 4), (33, 520, 24, 7)):
        yield ("linear", {"x": ([tokens, inputs], -6), "weight": ([outputs, inputs], -9), "a": ([rank, inputs], -9),
                          "b": ([outputs, rank], -8)}, {"scale": 1.5}, [tokens, outputs])
    for tokens, groups, head, first in ((6, 4, 16, 0), (5, 2, 24, 1000)):
        yield ("rotary", {"x": ([tokens, groups * head], -6)}, {"first": first, "theta": 10000.0, "head": head},
               [tokens, groups * head])
    for tokens, count, groups, head, window in heads:
        yield ("attention", {"q": ([tokens, count * head], -5), "k": ([tokens, groups * head], -5),
                             "v": ([tokens, groups * head], -6)}, {"head": head, "window": window},
               [tokens, count * head])
    for tokens, vocabulary in ((13, 257), (6, 1031)):
        yield ("cross-entropy", {"logits": ([tokens, vocabulary], -4)}, {"labels": labels(tokens, vocabulary)}, [])


def judged(index, operator, sizes, parameters, shape):
    rules = {name: entry(f"operator {index} {name}", *size) for name, size in sizes.items()}
    upstream = entry(f"operator {index} upstream", shape or [1], -7)
    inputs = {name: torch.from_numpy(values(rule)).double() for name, rule in rules.items()}
    for name, tensor in inputs.items():
        tensor.requires_grad = name not in FROZEN
    output = OPERATORS[operator](**inputs, **parameters)
    output.backward(torch.from_numpy(values(upstream)).double().reshape(shape))
    return {"operator": operator, "parameters": parameters, "inputs": rules, "upstream": upstream,
            "output": packed(output), "gradients": {name: packed(tensor.grad) for name, tensor in inputs.items()
                                                    if tensor.requires_grad}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=Path(__file__).resolve().parent.parent / "Vectors" / "training", type=Path)
    options = parser.parse_args()
    lines = [json.dumps(judged(index, *case)) for index, case in enumerate(cases())]
    (options.out / "operators.json").write_text('{"operators": [\n ' + ",\n ".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
