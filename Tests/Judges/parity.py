#!/usr/bin/env python3
"""Judges a built plasmid as a real process: every tiny model, with and without adapters, against live
Transformers and PEFT.

    parity.py BINARY [CASE...] [--tolerance T]

For each case the model and its adapters are written as folders of the hub; then

    BINARY infer --json --base DIR [--layer DIR[:WEIGHT]]... --prompt-tokens 1,2,3 --max-tokens N
                 --temperature 0 --ignore-eos --logits FILE

must give logits within the tolerance at every position and the same greedy tokens. An adapter that may be
refused (see `mayRefuse` in the fixtures) may end with exit code 1 and an error object; then it is counted as
refused. Prints one line for each comparison that fails and a summary; exits 0 if none does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors.torch import load_file

import model_fixtures as tools
from model_fixtures_adapters import attach, write_adapter

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "models"


def infer(binary, home, base, layers, prompt, count):
    """What the process answers: its tokens and logits, or its error."""
    file = home / "logits.safetensors"
    file.unlink(missing_ok=True)
    command = [binary, "infer", "--json", "--base", str(base)]
    for folder, weight in layers:
        command += ["--layer", str(folder) if weight == 1 else f"{folder}:{weight}"]
    command += ["--prompt-tokens", ",".join(map(str, prompt)), "--max-tokens", str(count), "--temperature", "0",
                "--ignore-eos", "--logits", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300,
                          env={"PLASMID_HOME": str(home / "home"), "PATH": "/usr/bin:/bin"})
    answer = json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}
    if done.returncode:
        return None, None, answer.get("error", {}).get("message") or done.stderr.strip()[:200]
    return answer["tokens"], load_file(file)["logits"], None


class Score:
    def __init__(self, tolerance):
        self.tolerance, self.compared, self.failed, self.refused, self.worst = tolerance, 0, 0, 0, 0.0

    def judge(self, name, ours, model, prompt, may_refuse=None):
        tokens, rows, error = ours
        if error is not None:
            if may_refuse:
                self.refused += 1
            else:
                self.fail(name, f"refused: {error}")
            return
        expected = tools.logits(model, prompt)
        self.compared += 1
        if rows.shape != expected.shape:
            return self.fail(name, f"logits of shape {list(rows.shape)}, not {list(expected.shape)}")
        difference = float((rows.float() - expected).abs().max())
        self.worst = max(self.worst, difference)
        if difference > self.tolerance:
            self.fail(name, f"logits differ by {difference:.2e}")
        greedy, margins = tools.greedy(model, prompt, len(tokens))
        for step, (one, other, margin) in enumerate(zip(tokens, greedy, margins)):
            if one != other:
                if margin > 1e-3:
                    self.fail(name, f"token {step} is {one}, not {other} (margin {margin:.3f})")
                break

    def fail(self, name, why):
        self.failed += 1
        print(f"{name}: {why}", flush=True)


def run_case(binary, case, stored, score, steps):
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        base = home / "base"
        base.mkdir()
        tools.write_folder(case, base)
        prompt = stored["prompt"]
        score.judge(case["case"], infer(binary, home, base, [], prompt, 64), tools.load(base), prompt)
        places = {}
        for adapter in stored["adapters"]:
            places[adapter["name"]] = home / adapter["name"]
            write_adapter(adapter, places[adapter["name"]])
            score.judge(f"{case['case']} + {adapter['name']}",
                        infer(binary, home, base, [(places[adapter["name"]], 1)], prompt, steps),
                        attach(tools.load(base), [places[adapter["name"]]]), prompt, adapter.get("mayRefuse"))
        for stack in stored["stacks"]:
            layers = [(places[part["adapter"]], part["weight"]) for part in stack["parts"]]
            name = " + ".join(f"{part['adapter']}:{part['weight']}" for part in stack["parts"])
            # plasmid sorts a stack by name, whatever order it was asked in; DoRA can tell the order.
            ordered = sorted(layers, key=lambda layer: str(layer[0]))
            model = attach(tools.load(base), [place for place, _ in ordered], [weight for _, weight in ordered])
            score.judge(f"{case['case']} + {name}", infer(binary, home, base, layers, prompt, steps), model, prompt)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--tolerance", type=float, default=2e-4)
    options = parser.parse_args()
    score = Score(options.tolerance)
    for case in tools.build():
        if not options.cases or case["case"] in options.cases:
            stored = json.loads((VECTORS / f"{case['case']}.json").read_text())
            run_case(options.binary, case, stored, score, 16)
    print(json.dumps({"compared": score.compared, "failed": score.failed, "refused": score.refused,
                      "worst": score.worst}))
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
