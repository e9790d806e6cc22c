#!/usr/bin/env python3
"""Makes the sample base model, the sample adapter and their reference outputs.

It was run once; the files it left beside it are the authority. A second run
follows the same seeds but need not give the same bits on another machine.

    python3 -m venv venv
    venv/bin/pip install torch transformers peft tokenizers safetensors numpy
    apt-get install debian-handbook bible-kjv bible-kjv-text   (see texts.py)
    venv/bin/python make.py [--root DIR] [--out DIR]

Two cores need about 25 minutes. The steps: read the texts; train a byte
level BPE of 2,048 tokens and a Llama of about 3 M parameters on the Debian
Administrator's Handbook; round it to bf16; train a LoRA adapter on it with
the King James text; write both, the reference logits, greedy continuations
and the two model cards.
"""

import argparse
import hashlib
import json
import math
import platform
import shutil
import time
from pathlib import Path

import numpy
import peft
import safetensors
import safetensors.torch
import tokenizers
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import cards
import texts

SEED = 20220922
LENGTH = 256
BATCH = 8
BASE = {"steps": 2400, "lr": 2.5e-3, "warmup": 100, "decay": 0.1, "dropout": 0.1}
ADAPTER = {"steps": 500, "lr": 3e-3, "warmup": 20, "decay": 0.0, "dropout": 0.0}
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
BASE_NAME = "plasmid-sample-base"
PROMPT = "The package manager reads the list of packages from the server and the king said unto them,"
SAMPLES = ["The apt command", "In the beginning", "The administrator must"]


def make_tokenizer(documents):
    """A byte level BPE: GPT-2's splitting, <|begin|> in front of every text."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.train_from_iterator(
        documents,
        trainers.BpeTrainer(
            vocab_size=2048,
            special_tokens=["<|begin|>", "<|end|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    core.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", 0)]),
    ])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<|begin|>",
        eos_token="<|end|>",
        pad_token="<|end|>",
        model_max_length=512,
        clean_up_tokenization_spaces=False,
    )


def make_model():
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=2048,
        hidden_size=192,
        intermediate_size=576,
        num_hidden_layers=6,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=512,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        attention_dropout=0.0,
    ))


def stream(tokenizer, documents):
    """Every document as <|begin|> text <|end|>, one after the other."""
    ids = []
    for text in documents:
        ids += tokenizer(text)["input_ids"] + [tokenizer.eos_token_id]
    return torch.tensor(ids, dtype=torch.long)


def add_dropout(model, share):
    """Dropout on what each block adds to the residual stream, in training only."""
    for layer in model.model.layers:
        for part in (layer.self_attn.o_proj, layer.mlp.down_proj):
            part.register_forward_hook(
                lambda module, inputs, output: torch.nn.functional.dropout(output, share, module.training))


def train(model, ids, plan, generator, name):
    """AdamW with warm-up and cosine; answers the seconds it took."""
    chosen = [weight for weight in model.parameters() if weight.requires_grad]
    matrices = [weight for weight in chosen if weight.dim() > 1]
    vectors = [weight for weight in chosen if weight.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": plan["decay"]}, {"params": vectors, "weight_decay": 0.0}],
        lr=plan["lr"], betas=(0.9, 0.95 if name == "base" else 0.999))
    model.train()
    steps, begun, losses = plan["steps"], time.time(), []
    for step in range(steps):
        warm = min(1.0, (step + 1) / plan["warmup"])
        span = max(0.0, (step - plan["warmup"]) / (steps - plan["warmup"]))
        for group in optimizer.param_groups:
            group["lr"] = plan["lr"] * warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * span)))
        starts = torch.randint(0, len(ids) - LENGTH - 1, (BATCH,), generator=generator)
        batch = torch.stack([ids[start:start + LENGTH] for start in starts])
        loss = model(input_ids=batch, labels=batch).loss
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(chosen, 1.0)
        optimizer.step()
        losses.append(loss.item())
        if step % 50 == 49:
            rate = (step + 1) * BATCH * LENGTH / (time.time() - begun)
            recent = sum(losses[-50:]) / 50
            print(f"{name} step {step + 1}/{steps} loss {recent:.3f} {rate:.0f} tokens/s", flush=True)
    return time.time() - begun


@torch.no_grad()
def held_out_loss(model, ids):
    """Mean loss in nats a token over windows of LENGTH + 1 that share no target."""
    model.eval()
    total, count = 0.0, 0
    for start in range(0, len(ids) - 1, LENGTH):
        window = ids[start:start + LENGTH + 1][None]
        if window.shape[1] < 2:
            break
        logits = model(input_ids=window).logits[0, :-1].float()
        total += torch.nn.functional.cross_entropy(logits, window[0, 1:], reduction="sum").item()
        count += window.shape[1] - 1
    return total / count, count


@torch.no_grad()
def greedy(model, ids, count):
    """The likeliest token, `count` times (<|end|> does not stop it), and how narrowly the closest was won."""
    model.eval()
    found, margin = [], math.inf
    for _ in range(count):
        best = model(input_ids=torch.tensor([[*ids, *found]])).logits[0, -1].topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        found.append(int(best.indices[0]))
    return found, margin


@torch.no_grad()
def sampled(model, tokenizer, prompt, count, seed):
    """A sample at temperature 0.7 for the model card."""
    generator = torch.Generator().manual_seed(seed)
    ids = tokenizer(prompt)["input_ids"]
    for _ in range(count):
        logits = model(input_ids=torch.tensor([ids])).logits[0, -1].float() / 0.7
        ids.append(int(torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)))
        if ids[-1] == tokenizer.eos_token_id:
            break
    return tokenizer.decode(ids, skip_special_tokens=True)


def in_float32(folder):
    """The saved bf16 weights, widened: what every figure and reference is computed with."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")


def tidy_json(path, changes):
    facts = json.loads(path.read_text())
    facts.update(changes)
    path.write_text(json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def sha256_of(folder):
    names = sorted(path for path in Path(folder).rglob("*") if path.is_file() and path.name != "reference.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in names if path.relative_to(folder).parts[0] in ("base", "adapter", "reference")}


def write_base(model, tokenizer, folder):
    shutil.rmtree(folder, ignore_errors=True)
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    tidy_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})


def write_adapter(model, folder):
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    tidy_json(folder / "adapter_config.json", {
        "base_model_name_or_path": BASE_NAME, "target_modules": sorted(TARGETS), "task_type": "CAUSAL_LM"})


def write_reference(out, tokenizer, base, tuned, figures):
    """`base` and `tuned` are separate models, both in float32."""
    folder = out / "reference"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ids = tokenizer(PROMPT)["input_ids"]
    with torch.no_grad():
        logits = {"base": base.eval()(input_ids=torch.tensor([ids])).logits[0],
                  "adapter": tuned.eval()(input_ids=torch.tensor([ids])).logits[0]}
    safetensors.torch.save_file(
        {name: value.float().contiguous() for name, value in logits.items()},
        folder / "logits.safetensors", metadata={"format": "pt"})
    (folder / "logits.safetensors").chmod(0o644)
    continuations = {name: greedy(model, ids, 32) for name, model in (("base", base), ("adapter", tuned))}
    facts = {
        "prompt": PROMPT,
        "tokens": ids,
        "greedy": {name: {"tokens": found, "text": tokenizer.decode(found), "smallestMargin": round(margin, 4)}
                   for name, (found, margin) in continuations.items()},
        "arithmetic": "float32 from the stored weights (bf16 base, f32 adapter), eager attention, CPU",
        "figures": figures,
        "tools": {"python": platform.python_version(), "torch": torch.__version__,
                  "transformers": transformers.__version__, "peft": peft.__version__,
                  "tokenizers": tokenizers.__version__, "safetensors": safetensors.__version__,
                  "numpy": numpy.__version__},
        "sha256": sha256_of(out),
    }
    (folder / "reference.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def data(root):
    """Training and held-out documents of both domains."""
    return texts.held_out(texts.handbook(root), 0.08, SEED), texts.held_out(texts.bible(root), 0.05, SEED)


def train_both(chosen):
    """Trains and writes base and adapter; answers the seconds each took."""
    (book, _), (verses, _) = data(chosen.root)
    tokenizer = make_tokenizer(book)
    model = make_model()
    print(f"{model.num_parameters()} parameters, {chosen.threads} threads", flush=True)
    add_dropout(model, BASE["dropout"])
    generator = torch.Generator().manual_seed(SEED)
    base_seconds = train(model, stream(tokenizer, book), BASE, generator, "base")
    write_base(model, tokenizer, chosen.out / "base")
    tuned = get_peft_model(in_float32(chosen.out / "base"), LoraConfig(
        r=8, lora_alpha=16, target_modules=TARGETS, lora_dropout=0.0, task_type="CAUSAL_LM"))
    adapter_seconds = train(tuned, stream(tokenizer, verses), ADAPTER, generator, "adapter")
    write_adapter(tuned, chosen.out / "adapter")
    return {"base": round(base_seconds), "adapter": round(adapter_seconds)}


def finish(chosen, seconds):
    """Measures the written files and writes cards and reference from them alone."""
    (book, book_apart), (verses, verses_apart) = data(chosen.root)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(chosen.out / "base")
    base = in_float32(chosen.out / "base")
    tuned = PeftModel.from_pretrained(in_float32(chosen.out / "base"), chosen.out / "adapter")
    book_apart, verses_apart = stream(tokenizer, book_apart), stream(tokenizer, verses_apart)
    book_loss, book_count = held_out_loss(base, book_apart)
    before, verses_count = held_out_loss(base, verses_apart)
    after, _ = held_out_loss(tuned, verses_apart)
    figures = {
        "parameters": base.num_parameters(),
        "adapterParameters": sum(weight.numel() for name, weight in tuned.named_parameters() if "lora_" in name),
        "heldOut": {
            "handbook": {"tokens": book_count, "base": round(book_loss, 4)},
            "bible": {"tokens": verses_count, "base": round(before, 4), "adapter": round(after, 4)},
        },
        "training": {
            "base": {"tokens": BASE["steps"] * BATCH * LENGTH, "unique": len(stream(tokenizer, book)),
                     "seconds": seconds["base"]},
            "adapter": {"tokens": ADAPTER["steps"] * BATCH * LENGTH, "unique": len(stream(tokenizer, verses)),
                        "seconds": seconds["adapter"]},
        },
        "threads": chosen.threads,
    }
    print(json.dumps(figures), flush=True)
    samples = {name: [sampled(model, tokenizer, prompt, 90, SEED + index) for index, prompt in enumerate(SAMPLES)]
               for name, model in (("base", base), ("adapter", tuned))}
    (chosen.out / "base/README.md").write_text(cards.base(figures, samples["base"]))
    (chosen.out / "adapter/README.md").write_text(cards.adapter(figures, samples["adapter"]))
    for path in (path for name in ("base", "adapter") for path in (chosen.out / name).iterdir()):
        path.chmod(0o644)
    write_reference(chosen.out, tokenizer, base, tuned, figures)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--root", default="/", help="where the Debian packages are unpacked")
    options.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder for base, adapter, reference")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--finish", action="store_true", help="no training: cards and reference of what is there")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(SEED)
    transformers.utils.logging.disable_progress_bar()
    if chosen.finish:
        training = json.loads((chosen.out / "reference/reference.json").read_text())["figures"]["training"]
        seconds = {name: training[name]["seconds"] for name in ("base", "adapter")}
    else:
        seconds = train_both(chosen)
    finish(chosen, seconds)


if __name__ == "__main__":
    main()
