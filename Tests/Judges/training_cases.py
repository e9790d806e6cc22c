"""What is trained to judge the trainer: examples, adapters, and how each run goes. See training.py."""

from math import ceil, cos, pi, sqrt

import numpy

from model_fixtures_cases import MISTRAL, build, hashed, llama_like

MASKED = -100
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
LLAMA_LIKE = {
    "qkvo": dict(r=4, lora_alpha=8, target_modules=ATTENTION),
    "all-linear": dict(r=6, lora_alpha=12, target_modules="all-linear"),
    "rslora": dict(r=8, lora_alpha=8, target_modules=["q_proj", "down_proj"], use_rslora=True),
    "patterns": dict(r=4, lora_alpha=4, target_modules=ATTENTION + ["up_proj", "down_proj"],
                     rank_pattern={"q_proj": 2, "layers.1.mlp.down_proj": 7},
                     alpha_pattern={"layers.0.self_attn.v_proj": 9.0, "down_proj": 12}),
}
GPT2_LIKE = {
    "attention": dict(r=4, lora_alpha=8, target_modules=["c_attn"], fan_in_fan_out=True),
    "all-linear": dict(r=6, lora_alpha=12, target_modules="all-linear", fan_in_fan_out=True),
    "rslora": dict(r=8, lora_alpha=8, target_modules=["c_attn", "c_fc"], use_rslora=True, fan_in_fan_out=True),
    "patterns": dict(r=4, lora_alpha=4, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True,
                     rank_pattern={"c_attn": 2, "h.1.mlp.c_proj": 7}, alpha_pattern={"attn.c_proj": 9}),
}
STEPS = 50
# Each run: adapter, schedule, warm-up, rate, decay, micro-batches of a step as counts of examples, and whether B
# starts at zero as PEFT starts it. The counts of targets differ between examples, so accumulation that averaged
# means would be seen.
RUNS = {
    "llama-llama3": [
        dict(name="cosine", adapter="all-linear", schedule="cosine", warmup=5, rate=4e-3, micro=[2, 2]),
        dict(name="inverse-sqrt-plain", adapter="qkvo", schedule="inverse-sqrt", warmup=0, rate=8e-3, decay=0.2,
             micro=[1]),
    ],
    "mistral-window": [
        dict(name="linear", adapter="rslora", schedule="linear", warmup=4, rate=4e-3, decay=0.1, micro=[1, 3]),
    ],
    "qwen2": [
        dict(name="constant", adapter="patterns", schedule="constant", warmup=3, rate=2e-3, decay=0.05, micro=[3],
             start="hashed"),
        dict(name="wsd-plain", adapter="qkvo", schedule="wsd", warmup=0, rate=3e-3, micro=[2], clip=0.0),
    ],
    "qwen3": [
        dict(name="wsd-packed", adapter="qkvo", schedule="wsd", warmup=6, rate=2e-3, micro=[4], packed=True),
    ],
    "gpt2": [
        dict(name="inverse-sqrt", adapter="attention", schedule="inverse-sqrt", warmup=8, rate=1e-2, micro=[2]),
        dict(name="linear-patterns", adapter="patterns", schedule="linear", warmup=0, rate=6e-3, decay=0.1,
             micro=[1, 2]),
    ],
}
MODELS = list(RUNS)


def bases():
    """The base models: those of the parity of logits, but where their residual stream is so small that a step of
    training is a leap, with one of usual size; float32 and float64 would part ways otherwise."""
    found = {case["case"]: case for case in build()}
    llama = found["llama-llama3"]
    found["llama-llama3"] = {**llama, "tensors": llama_like(llama["config"])}
    mistral = found["mistral-window"]
    found["mistral-window"] = {**mistral, "tensors": llama_like(MISTRAL)}
    return [found[name] for name in MODELS]


def adapters_of(case):
    return GPT2_LIKE if case["config"]["model_type"] == "gpt2" else LLAMA_LIKE


def rate(schedule, peak, step, warmup, steps):
    """The learning rate of a step that counts from 0."""
    if step < warmup:
        return peak * (step + 1) / warmup
    rest = steps - warmup
    if schedule == "constant":
        return peak
    if schedule == "linear":
        return peak * (steps - step) / rest
    if schedule == "cosine":
        return 0.5 * peak * (1 + cos(pi * (step - warmup) / rest))
    if schedule == "wsd":
        fall = ceil(rest / 10)
        return peak * min(1.0, (steps - step) / fall)
    return peak * sqrt(max(warmup, 1) / (step + 1))


def example(case, index):
    """Tokens that mostly follow from the one before, so that there is something to learn, and labels: all of
    them, those of a completion, islands, or one only; some labels are not the next token."""
    vocabulary = case["config"]["vocab_size"]
    words = [int(word) for word in hashed(f"{case['case']} example {index}", 96)]
    length = 5 + words[0] % 36
    tokens = [3 + words[1] % (vocabulary - 3)]
    for word in words[2:length + 1]:
        follow = (tokens[-1] * 7 + 11) if word % 4 else word >> 8
        tokens.append(3 + follow % (vocabulary - 3))
    labels = list(tokens)
    kind = index % 4
    if kind == 1:
        labels[:length // 2] = [MASKED] * (length // 2)
    elif kind == 2:
        labels = [MASKED if words[40 + place] % 3 == 0 else label for place, label in enumerate(labels)]
        labels[-1] = 3 + words[95] % (vocabulary - 3)
    elif kind == 3 and index % 8 == 3:
        labels = [MASKED] * length
        labels[length - 2] = tokens[length - 2]
    return {"input_ids": tokens, "labels": labels}


def targets(one):
    return sum(label != MASKED for label in one["labels"][1:])


def order(run, examples):
    """Examples of every micro-batch of every step, in turn."""
    turn, found = 0, []
    for _ in range(STEPS):
        step = []
        for count in run["micro"]:
            step.append([(turn + place) % examples for place in range(count)])
            turn += count
        found.append(step)
    return found


def places(name, count, wanted):
    """Hash-chosen indices into a tensor."""
    words = hashed(name + " places", wanted)
    return [int(word % numpy.uint64(count)) for word in words]
