#!/usr/bin/env python3
"""Judges what of a record is learned, and in which step: writes Tests/Vectors/training-data.json.

    training_data.py [--out F]

Which tokens the assistant said is told by Transformers (apply_chat_template with return_assistant_tokens_mask)
where a template marks them, and where it does not by rendering beginnings of the conversation here. Prompts and
completions are tokenised apart and together, as TRL does. The tokenizers are those of Tests/Vectors/tokenizer.json
and bootstrap/sample. Orders, rows, digests and the part that is set aside are computed anew from
docs/formats/datasets.md. Needs bootstrap/judges --torch.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from blake3 import blake3
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

TESTS = Path(__file__).resolve().parent.parent
SAMPLE = TESTS.parent / "bootstrap/sample/base/tokenizer.json"

TEMPLATES = {
    "chatml, marked": "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}"
        "{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}<|im_end|>{% endif %}\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    "names, marked": "{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}"
        "{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}\n{% endfor %}",
    "nothing between, marked": "{% for m in messages %}{% if m.role == 'assistant' %}"
        "{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}",
    "chatml": "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    "instructions": "{% for m in messages %}{% if m.role == 'assistant' %} {{ m.content }}</s>{% else %}"
        "<s>[INST] {{ m.content }} [/INST]{% endif %}{% endfor %}",
}


def said(*texts):
    return [{"role": ["user", "assistant"][place % 2], "content": text} for place, text in enumerate(texts)]


CONVERSATIONS = {
    "one": said("Say a poem.", "The sea is wide,\nthe night is long."),
    "several": said("Hello", "Hi!", "And now?", "Now we count: 1, 2, 3.", "Good", "Bye"),
    "instructed": [{"role": "system", "content": "Be brief."}] + said("Why?", "Because."),
    "space around": said("A line.\n", "\n\n  An answer.  \n", " word", "s and more"),
    "signs": said("na\u00efve caf\u00e9 \U0001f469\u200d\U0001f467", "\u4f60\u597d, e\u0301t\u00e9 \u1e9e \U0001f680\U0001f680",
                  "IT'S", "it's 12345.67 <x>"),
    "nothing": said("Say nothing.", "", "Say a", "a"),
    "words": said("pre", "fix", "un", "believable"),
}

PROMPTS = [
    ["The sea", " is wide"], ["The sea ", "is wide"], ["The s", "ea is wide"], ["", "All of it"], ["12", "34"],
    ["line\n", "\nline"], ["caf", "\u00e9"], ["e", "\u0301"], ["\U0001f469", "\u200d\U0001f467"], ["a b c", "d"],
]

# Where an answer is empty and nothing else is marked, Transformers marks the token around it.
EMPTY = ["names, marked", "nothing between, marked"]

NAMES = [
    "byte level", "llama3", "qwen2", "cl100k", "gpt2", "NFC", "NFD", "Lowercase", "llama2", "metaspace first",
    "metaspace always",
]


def tokenizers():
    vectors = json.loads((TESTS / "Vectors/tokenizer.json").read_text())
    yield "sample", SAMPLE.read_text()
    for case in vectors["cases"]:
        if case["name"] in NAMES:
            tokenizer = case["tokenizer"]
            tokenizer["model"] |= vectors["vocabularies"][case["vocabulary"]]
            yield case["name"], json.dumps(tokenizer)


def by_beginnings(tokenizer, template, messages):
    """Characters that a template writes more when an answer is added."""
    def text(count, prompt):
        return tokenizer.apply_chat_template(
            messages[:count], chat_template=template, tokenize=False, add_generation_prompt=prompt)

    whole = text(len(messages), False)
    for place, message in enumerate(messages):
        if message["role"] == "assistant":
            before, after = text(place, True), text(place + 1, False)
            assert whole.startswith(after) and after.startswith(before)
            yield len(before), len(after)


def mask(tokenizer, template, messages):
    """Ids, and for each 1 if the assistant said it."""
    if "generation %}" in template:
        chat = tokenizer.apply_chat_template(
            messages, chat_template=template, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
        return list(chat["input_ids"]), list(chat["assistant_masks"])
    whole = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False)
    coded = tokenizer(whole, add_special_tokens=False)
    learned = [0] * len(coded["input_ids"])
    for start, end in by_beginnings(tokenizer, template, messages):
        if start < end:
            for token in range(coded.char_to_token(start), coded.char_to_token(end - 1) + 1):
                learned[token] = 1
    return coded["input_ids"], learned


def philox(counter, key):
    """Philox4x32-10."""
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(second >> 32) ^ c[1] ^ k[0], second & 0xFFFFFFFF, (first >> 32) ^ c[3] ^ k[1], first & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def order(count, seed, epoch):
    """Fisher and Yates from the end; purpose 3."""
    places = list(range(count))
    for place in range(count - 1, 0, -1):
        words = philox((epoch & 0xFFFFFFFF, epoch >> 32, 3, place), (seed & 0xFFFFFFFF, seed >> 32))
        other = int(((words[0] << 32 | words[1]) >> 11) * 2.0**-53 * (place + 1))
        places[place], places[other] = places[other], places[place]
    return places


def rows(lengths, alone, limit, places):
    """Next fit."""
    found, room = [], 0
    for example in places:
        if example in alone or lengths[example] > room:
            found.append([])
            room = limit
        found[-1].append(example)
        room = 0 if example in alone else room - lengths[example]
    return found


def plans():
    for count, seed, limit, alone in ((10, 0, 8, []), (37, 2**64 - 1, 16, [3, 30]), (200, 12345678901234, 9, [7])):
        lengths = [1 + place * 31 % 8 for place in range(count)]
        epochs = [rows(lengths, alone, limit, order(count, seed, epoch)) for epoch in range(3)]
        yield {"seed": str(seed), "limit": limit, "alone": alone, "lengths": lengths, "rows": sum(epochs, [])}


def number(value):
    return (value & 0xFFFFFFFF).to_bytes(4, "big")


def digest(examples):
    prefix = b"plasmid-examples-v1"
    leaves = [
        blake3(prefix + bytes([0, alone]) + number(len(tokens)) + b"".join(map(number, tokens + labels))).digest()
        for tokens, labels, alone in examples]
    return blake3(prefix + b"\1" + b"".join(leaves)).hexdigest()


def set_aside(record, seed, part):
    first = blake3(b"plasmid-split-v1" + seed.to_bytes(8, "big") + record).digest()[:8]
    return (int.from_bytes(first, "big") >> 11) * 2.0**-53 < part


def splits():
    for seed, part in ((0, 0.25), (7, 0.1), (2**64 - 1, 0.5)):
        records = [json.dumps({"input_ids": [place, place + 1]}) for place in range(64)]
        aside = [place for place, record in enumerate(records) if set_aside(record.encode(), seed, part)]
        kept = [place for place in range(64) if place not in aside]
        examples = [([place, place + 1], [place, place + 1], 1) for place in kept]
        yield {"seed": str(seed), "part": str(part), "records": records, "aside": aside, "digest": digest(examples)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=TESTS / "Vectors/training-data.json")
    options = parser.parse_args()
    chats, prompts = [], []
    for name, text in tokenizers():
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(text))
        for template, source in TEMPLATES.items():
            for conversation, messages in CONVERSATIONS.items():
                if template in EMPTY and conversation == "nothing":
                    continue
                ids, learned = mask(tokenizer, source, messages)
                chats.append([name, template, conversation, ids, "".join(map(str, learned))])
        for number, (prompt, completion) in enumerate(PROMPTS):
            alone = tokenizer(prompt, add_special_tokens=False)["input_ids"]
            whole = tokenizer(prompt + completion, add_special_tokens=False)["input_ids"]
            common = next((i for i, (a, b) in enumerate(zip(alone, whole)) if a != b), min(len(alone), len(whole)))
            prompts.append([name, number, whole, common, common < len(alone)])
    parts = {
        "templates": TEMPLATES, "conversations": CONVERSATIONS, "prompts": PROMPTS, "plans": list(plans()),
        "splits": list(splits())}
    lines = [f'"{key}": {json.dumps(value)}' for key, value in parts.items()]
    for key, rows in (("chats", chats), ("completions", prompts)):
        lines.append(f'"{key}": [\n' + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]")
    options.out.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(chats)} conversations, {len(prompts)} prompts with completions")


if __name__ == "__main__":
    main()
