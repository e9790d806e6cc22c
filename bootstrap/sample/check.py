#!/usr/bin/env python3
"""Checks that PEFT loads a base and an adapter and gets the reference logits.

    check.py [--base DIR] [--adapter DIR]

Without options the committed sample itself is checked. Needs torch,
transformers, peft and safetensors (`bootstrap/judges --torch`). Prints one
line; exit code 0 when both logits agree, else 1.
"""

import argparse
import json
import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).parent
TOLERANCE = 2e-4

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
warnings.simplefilter("ignore")


def compare(base_folder, adapter_folder):
    """Answers (verdict, sentence)."""
    import torch
    import transformers
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    transformers.utils.logging.disable_progress_bar()
    reference = json.loads((HERE / "reference/reference.json").read_text())
    expected = load_file(HERE / "reference/logits.safetensors")
    ids = AutoTokenizer.from_pretrained(base_folder)(reference["prompt"])["input_ids"]
    if ids != reference["tokens"]:
        return False, f"the tokenizer gives {ids}, the reference says {reference['tokens']}"
    model = AutoModelForCausalLM.from_pretrained(base_folder, dtype=torch.float32, attn_implementation="eager")
    worst = {}
    for name in ("base", "adapter"):
        if name == "adapter":
            model = PeftModel.from_pretrained(model, adapter_folder)
        with torch.no_grad():
            logits = model.eval()(input_ids=torch.tensor([ids])).logits[0]
        if logits.shape != expected[name].shape:
            return False, f"{name} logits have shape {tuple(logits.shape)}, the reference {tuple(expected[name].shape)}"
        worst[name] = (logits - expected[name]).abs().max().item()
    effect = (expected["adapter"] - expected["base"]).abs().max().item()
    sentence = (f"largest difference from the reference: base {worst['base']:.1e}, adapter {worst['adapter']:.1e} "
                f"(allowed {TOLERANCE:.0e}; the adapter itself moves logits by up to {effect:.1f})")
    return max(worst.values()) <= TOLERANCE, sentence


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--base", type=Path, default=HERE / "base")
    options.add_argument("--adapter", type=Path, default=HERE / "adapter")
    chosen = options.parse_args()
    try:
        good, sentence = compare(chosen.base, chosen.adapter)
    except ImportError as missing:
        good, sentence = False, f"{missing}; bootstrap/judges --torch installs it"
    except (OSError, ValueError, KeyError, RuntimeError) as failure:
        good, sentence = False, f"{type(failure).__name__}: {failure}".splitlines()[0]
    print(f"{'PEFT agrees' if good else 'PEFT DISAGREES'}: {sentence}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
