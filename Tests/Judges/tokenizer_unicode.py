#!/usr/bin/env python3
"""Holds our Unicode tables against PyPI `tokenizers` over every scalar.

    tokenizer_unicode.py --probe > PROBE       what `tokenizers` says, as digests
    tokenizer_unicode.py --differences         Python's Unicode against that, as JSON

A probe normalises, or splits at a class, the 1,112,064 scalars in chunks of
4096 with line ends between them. `UnicodeProbeTests` makes the same chunks,
runs our normalizers and patterns over them and compares the digests, which
stand in Tests/Vectors/unicode.json. The differences are those of general
categories: they say how far Python's own tables, which are older, are from
what made the models' ids (Tests/Vectors/unicode-differences.json).
"""

import hashlib
import json
import sys
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and c != 0x0A]
CLASSES = [r"\p{L}", r"\p{N}", r"\p{M}", r"\p{P}", r"\p{S}", r"\p{Z}", r"\p{C}", r"\p{Lu}", r"\p{Ll}", r"\p{Lt}",
           r"\p{Lm}", r"\p{Lo}", r"\p{Nd}", r"\p{Mn}", r"\s", r"\w", r"\d", r"[\w]", r"[^\W\d_]", r"\p{Han}",
           r"\p{Hiragana}", r"\p{Katakana}", r"\p{Hangul}", r"\p{Latin}", r"\p{Thai}", r"\p{Common}", r"(?i:k)",
           r"(?i:[a-z])", r"(?i:\u03c3)", r"(?i:[^a-z])"]
FORMS = ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"]


def chunks(size=4096):
    for start in range(0, len(SCALARS), size):
        yield "\n".join(map(chr, SCALARS[start : start + size]))


def digest(parts):
    state = hashlib.sha256()
    for part in parts:
        state.update(part.encode())
        state.update(b"\0")
    return state.hexdigest()[:16]


def probe():
    found = {}
    for form in FORMS:
        normalizer = getattr(normalizers, form)()
        found[form] = digest(normalizer.normalize_str(chunk) for chunk in chunks())
        # Every scalar between a letter and a mark of the lowest class: order and composition.
        marked = (chunk.replace("\n", "\u0334\n\u0061") for chunk in chunks())
        found[form + " marked"] = digest(normalizer.normalize_str(chunk) for chunk in marked)
    for pattern in CLASSES:
        splitter = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
        found[pattern] = digest(
            "".join(piece for piece, _ in splitter.pre_tokenize_str(chunk)) for chunk in chunks())
    json.dump({"tokenizers": tokenizers.__version__, "digests": found}, sys.stdout, indent=1)
    print()


def differences():
    runs = []
    names = sorted({unicodedata.category(chr(c)) for c in SCALARS} - {"Cs"})
    seen = {}
    for name in names:
        splitter = pre_tokenizers.Split(Regex(rf"\p{{{name}}}"), "removed", invert=True)
        for chunk in chunks():
            for piece, _ in splitter.pre_tokenize_str(chunk):
                seen.update({ord(letter): name for letter in piece if letter != "\n"})
    for scalar in SCALARS:
        ours, theirs = unicodedata.category(chr(scalar)), seen.get(scalar)
        if ours == theirs:
            continue
        if runs and runs[-1][1] == scalar - 1 and runs[-1][2:] == [ours, theirs]:
            runs[-1][1] = scalar
        else:
            runs.append([scalar, scalar, ours, theirs])
    json.dump({"python": unicodedata.unidata_version, "tokenizers": tokenizers.__version__,
               "runs": [[f"{a:04X}", f"{b:04X}", o, t] for a, b, o, t in runs]},
              sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    if sys.argv[1:] == ["--probe"]:
        probe()
    elif sys.argv[1:] == ["--differences"]:
        differences()
    else:
        sys.exit(__doc__)
