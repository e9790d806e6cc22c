#!/usr/bin/env python3
"""Turns the vocabularies that llama.cpp tests itself with into tokenizer.json files.

    real_vocabularies.py FOLDER [ARCHIVE]

Downloads the source archive of PyPI `llama-cpp-python` (or takes ARCHIVE), and
writes for each byte-level BPE vocabulary with test texts NAME.json, and
NAME.cases.json with `[text, ids]` as llama.cpp's authors got them from the
original tokenizers. Then

    PLASMID_VOCABULARIES=FOLDER bootstrap/test --filter RealVocabularyTests

encodes the texts. Nothing of this belongs to the repository.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile

LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
LLAMA3 = LETTERS + r"\s+(?!\S)|\s+"
MARKED = LLAMA3.replace(r"]?\p{L}+", r"]?[\p{L}\p{M}]+").replace("{1,3}", "").replace(
    r"[^\s\p{L}\p{N}]", r"[^\s\p{L}\p{M}\p{N}]")


def bytes_step(use_regex=True):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def split(pattern):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


DIGITS = {"type": "Digits", "individual_digits": True}
STEPS = {
    "gpt-2": [bytes_step()], "mpt": [bytes_step()], "default": [bytes_step()],
    "starcoder": [DIGITS, bytes_step()], "refact": [DIGITS, bytes_step()], "command-r": [DIGITS, bytes_step()],
    "llama-bpe": [split(LLAMA3), bytes_step(False)],
    "qwen2": [split(LLAMA3.replace("{1,3}", "")), bytes_step(False)],
    "qwen35": [split(MARKED), bytes_step(False)],
    "falcon": [{"type": "Punctuation", "behavior": "Contiguous"}, bytes_step(), {"type": "Digits",
               "individual_digits": False}, split("[0-9][0-9][0-9]")],
    "deepseek-llm": [split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[一-龥ࠀ-一가-\ud7ff]+"), DIGITS,
                     bytes_step(False)],
    "deepseek-coder": [split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[一-龥ࠀ-一가-\ud7ff]+"), DIGITS,
                       bytes_step(False)],
}
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


class Reader:
    """The keys and values of a GGUF file."""

    def __init__(self, data):
        self.data, self.place = data, 0

    def number(self, code):
        (value,) = struct.unpack_from("<" + code, self.data, self.place)
        self.place += struct.calcsize("<" + code)
        return value

    def text(self):
        size = self.number("Q")
        self.place += size
        return self.data[self.place - size : self.place].decode("utf-8", "surrogateescape")

    def value(self, kind):
        if kind == 8:
            return self.text()
        if kind == 9:
            inner, count = self.number("I"), self.number("Q")
            return [self.value(inner) for _ in range(count)]
        return self.number(NUMBERS[kind])

    def pairs(self):
        assert self.data[:4] == b"GGUF"
        self.place = 16
        return {self.text(): self.value(self.number("I")) for _ in range(self.number("Q"))}


def converted(pairs):
    """A tokenizer.json; None if the vocabulary is of another kind."""
    if pairs.get("tokenizer.ggml.model") != "gpt2":
        return None
    steps = STEPS.get(pairs.get("tokenizer.ggml.pre", "default"))
    if steps is None:
        return None
    tokens, kinds = pairs["tokenizer.ggml.tokens"], pairs["tokenizer.ggml.token_type"]
    added = [{"id": place, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": kind == 3}
             for place, (token, kind) in enumerate(zip(tokens, kinds)) if kind in (3, 4)]
    vocabulary = {token: place for place, token in enumerate(tokens)}
    merges = [merge for merge in pairs["tokenizer.ggml.merges"] if "".join(merge.split(" ")) in vocabulary]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": {"type": "NFC"} if pairs["tokenizer.ggml.pre"] == "qwen2" else None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps}, "post_processor": None,
            "decoder": bytes_step(),
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "ignore_merges": pairs["tokenizer.ggml.pre"] == "llama-bpe", "vocab": vocabulary,
                      "merges": merges}}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        archive = sys.argv[2] if len(sys.argv) > 2 else None
        if archive is None:
            subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "-d",
                            temporary, "llama-cpp-python"], check=True, stdout=subprocess.DEVNULL)
            archive = next(pathlib.Path(temporary).glob("*.tar.gz"))
        files = {}
        with tarfile.open(archive) as source:
            for member in source:
                name = pathlib.PurePath(member.name).name
                if name.startswith("ggml-vocab-") and member.isfile():
                    files[name] = source.extractfile(member).read()
    for name, data in sorted(files.items()):
        if not name.endswith(".gguf") or name + ".inp" not in files:
            continue
        pairs = Reader(data).pairs()
        tokenizer = converted(pairs)
        label = name[len("ggml-vocab-") : -len(".gguf")]
        if tokenizer is None:
            print(f"{label}: {pairs.get('tokenizer.ggml.model')} {pairs.get('tokenizer.ggml.pre')}, left out")
            continue
        texts = files[name + ".inp"].decode().split("\n__ggml_vocab_test__\n")
        ids = [[int(word) for word in line.split()] for line in files[name + ".out"].decode().split("\n")]
        assert len(ids) >= len(texts), label
        (folder / f"{label}.json").write_text(json.dumps(tokenizer))
        (folder / f"{label}.cases.json").write_text(json.dumps(list(zip(texts, ids))))
        print(f"{label}: {len(tokenizer['model']['vocab'])} tokens, {len(texts)} texts")


if __name__ == "__main__":
    main()
