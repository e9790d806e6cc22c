#!/usr/bin/env python3
"""Judges `plasmid eval`: writes Tests/Vectors/evaluation.json.

    evaluation.py [--out F]

Transformers and PEFT score records with the base and the adapter of bootstrap/sample: the loss that the model
computes from labels, how many targets are the likeliest token, and whether greedy generation writes the completion.
Needs bootstrap/judges --torch.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

TESTS = Path(__file__).resolve().parent.parent
SAMPLE = TESTS.parent / "bootstrap/sample"
torch.set_num_threads(1)

TEXTS = [
    "In the beginning God created the heaven and the earth.",
    "The sea is wide, the night is long, and nobody remembers the song.",
    "Na\u00efve caf\u00e9 \U0001f680, 12345.67 and a tab\tbehind it.",
]
PROMPTS = [("In the beginning", None), ("And God said,", None), ("The earth was", " without form"), ("", "Amen.")]


def load(name):
    model = AutoModelForCausalLM.from_pretrained(SAMPLE / "base", dtype=torch.float32, attn_implementation="eager")
    if name == "adapter":
        model = PeftModel.from_pretrained(model, SAMPLE / "adapter")
    return model.eval()


def greedy(model, tokens, steps):
    tokens = list(tokens)
    for _ in range(steps):
        with torch.no_grad():
            tokens.append(int(model(torch.tensor([tokens])).logits[0, -1].argmax()))
    return tokens


def score(model, tokens, labels):
    ids, wanted = torch.tensor([tokens]), torch.tensor([labels])
    with torch.no_grad():
        answer = model(ids, labels=wanted)
    best = answer.logits[0, :-1].argmax(-1)
    targets = wanted[0, 1:]
    learned = targets != -100
    first = int(learned.nonzero()[0]) + 1
    written = greedy(model, tokens[:first], len(tokens) - first)
    return {
        "loss": float(answer.loss), "targets": int(learned.sum()), "correct": int((best == targets)[learned].sum()),
        "exact": written == tokens}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=TESTS / "Vectors/evaluation.json")
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(SAMPLE / "base/tokenizer.json"))
    end = tokenizer.token_to_id("<|end|>")
    models = {name: load(name) for name in ("base", "adapter")}
    records = [{"text": text} for text in TEXTS]
    for prompt, completion in PROMPTS:
        if completion is None:
            # What the adapter itself writes, so that some answers are exact.
            ids = tokenizer.encode(prompt).ids
            completion = tokenizer.decode(greedy(models["adapter"], ids, 6)[len(ids):])
        records.append({"prompt": prompt, "completion": completion})
    cases = []
    for record in records:
        prompt = tokenizer.encode(record["prompt"]).ids if "prompt" in record else []
        tokens = tokenizer.encode(record.get("text", record.get("prompt", "") + record.get("completion", ""))).ids
        if tokens[-1] != end:
            tokens = tokens + [end]
        common = next((i for i, (a, b) in enumerate(zip(prompt, tokens)) if a != b), len(prompt))
        labels = [-100] * common + tokens[common:]
        scores = {name: score(model, tokens, labels) for name, model in models.items()}
        cases.append({"record": record, "tokens": tokens, "scores": scores})
        if len(prompt) > 1:
            # An answer that is exact.
            written = greedy(models["adapter"], prompt, 5)
            labels = [-100] * len(prompt) + written[len(prompt):]
            scores = {name: score(model, written, labels) for name, model in models.items()}
            cases.append({"record": {"input_ids": written, "labels": labels}, "tokens": written, "scores": scores})
    lines = ",\n".join(json.dumps(case) for case in cases)
    options.out.write_text(f'{{"cases": [\n{lines}\n]}}\n')
    for case in cases:
        print({name: (round(s["loss"], 4), s["exact"]) for name, s in case["scores"].items()})


if __name__ == "__main__":
    main()
