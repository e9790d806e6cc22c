#!/usr/bin/env python3
"""Judges canonical JSON (RFC 8785) with PyPI `rfc8785`.

    canonical_json.py < PAIRS               compare: line 1 a document, line 2
                                            our canonical form of it, and so on
    canonical_json.py --generate N [--seed S]   N random documents, one a line
    canonical_json.py --vectors N [--seed S]    a JSON list of {"in", "out"}

Comparing prints one line and exits 0 when every pair agrees, else 1.
"""

import argparse
import json
import random
import struct
import sys

import rfc8785

BIGGEST = 2**53 - 1
INTERESTING = [
    "0", "-0", "-0.0", "0.0", "1.0", "10E1", "1e21", "1e20", "999999999999999900000", "1e-6", "1e-7", "0.000001",
    "5e-324", "-5e-324", "1.7976931348623157e308", "2.2250738585072014e-308", "9007199254740991", "-9007199254740991",
    "9007199254740993.0", "333333333.33333329", "1E30", "4.50", "2e-3", "0.000000000000000000000000001", "1e23",
    "0.1", "0.30000000000000004", "100000000000000000000.0", "123456789012345680000.0", "1.0000000000000002",
]
FLOATS_ONLY = {"999999999999999900000": "999999999999999900000.0"}


def number(source):
    """The text of a number that a JSON parser may meet."""
    kind = source.random()
    if kind < 0.15:
        text = source.choice(INTERESTING)
        return FLOATS_ONLY.get(text, text)
    if kind < 0.45:
        return str(source.randint(-BIGGEST, BIGGEST) >> source.randint(0, 53))
    if kind < 0.9:
        bits = source.getrandbits(1) << 63 | source.randint(0, 2046) << 52 | source.getrandbits(52)
        if source.random() < 0.3:
            bits &= ~((1 << source.randint(1, 52)) - 1)
        text = repr(struct.unpack(">d", struct.pack(">Q", bits))[0])
        return text.replace("e", source.choice(["e", "E"]))
    mantissa = f"{source.choice(['', '-'])}{source.randint(0, 9)}.{source.randint(0, 10**source.randint(1, 19))}"
    return f"{mantissa}{source.choice(['e', 'E'])}{source.choice(['', '+', '-'])}{source.randint(0, 290)}"


def character(source):
    kind = source.random()
    if kind < 0.5:
        return chr(source.randint(0x20, 0x7E))
    if kind < 0.62:
        return chr(source.randint(0, 0x1F))
    if kind < 0.7:
        return source.choice("\"\\/\u007f\u0080\u009f\u00a0\u2028\u2029\ufeff\ufffd\uffff\u200d\u202e")
    if kind < 0.82:
        return chr(source.randint(0xA0, 0xD7FF))
    if kind < 0.9:
        return chr(source.randint(0xE000, 0xFFFF))
    return chr(source.randint(0x10000, 0x10FFFF))


def escaped(source, one):
    """One character as it may stand inside a JSON string."""
    short = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    if one in short and source.random() < 0.6:
        return short[one]
    if one == "/" and source.random() < 0.5:
        return "\\/"
    if one in '"\\' or ord(one) < 0x20 or source.random() < 0.15:
        units = one.encode("utf-16-be")
        text = "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
        return "".join(part.upper() if part in "abcdef" and source.random() < 0.5 else part for part in text)
    return one


def string(source, text):
    return '"' + "".join(escaped(source, one) for one in text) + '"'


def word(source):
    return "".join(character(source) for _ in range(source.choice([0, 1, 1, 2, 3, 5, 12])))


def blank(source):
    return source.choice(["", "", "", " ", "\t", "  "])


def value(source, depth):
    """The text of a random value; `depth` bounds what may still be nested."""
    kind = source.random()
    if depth <= 0 or kind < 0.45:
        return source.choice([number(source), number(source), string(source, word(source)), "true", "false", "null"])
    count = source.choice([0, 1, 2, 3, 4, 8])
    gap = blank(source)
    if kind < 0.7:
        return "[" + gap + ("," + gap).join(value(source, depth - 1) for _ in range(count)) + blank(source) + "]"
    keys = {word(source) for _ in range(count)}
    members = [f"{string(source, key)}{blank(source)}:{gap}{value(source, depth - 1)}"
               for key in source.sample(sorted(keys), len(keys))]
    return "{" + gap + ("," + gap).join(members) + blank(source) + "}"


def deep(source):
    """One narrow document, up to 100 levels deep."""
    text = value(source, 1)
    for _ in range(source.randint(20, 100)):
        text = f"[{text}]" if source.random() < 0.5 else f"{{{string(source, word(source))}:{text}}}"
    return text


def documents(count, seed):
    source = random.Random(seed)
    for _ in range(count):
        yield deep(source) if source.random() < 0.02 else value(source, source.randint(0, 6))


def canonical(text):
    return rfc8785.dumps(json.loads(text))


def compare(lines):
    """Answers (verdict, sentence) over the pairs."""
    if lines and lines[-1] == b"":
        lines.pop()
    if len(lines) % 2:
        return False, f"{len(lines)} lines are no pairs"
    if not lines:
        return False, "nothing to compare"
    for index in range(0, len(lines), 2):
        expected = canonical(lines[index])
        if lines[index + 1] != expected:
            return False, (f"document {index // 2 + 1}: in {ascii(lines[index][:300])}, "
                           f"ours {ascii(lines[index + 1][:300])}, rfc8785 {ascii(expected[:300])}")
    return True, f"{len(lines) // 2} documents"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--generate", type=int, metavar="N")
    options.add_argument("--vectors", type=int, metavar="N")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if chosen.generate is not None:
        for text in documents(chosen.generate, chosen.seed):
            sys.stdout.buffer.write(text.encode() + b"\n")
        return 0
    if chosen.vectors is not None:
        pairs = [{"in": text, "out": canonical(text).decode()} for text in documents(chosen.vectors, chosen.seed)]
        print(json.dumps(pairs, indent=1))
        return 0
    good, sentence = compare(sys.stdin.buffer.read().split(b"\n"))
    print(f"rfc8785 {'agrees' if good else 'DISAGREES'}: {sentence}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
