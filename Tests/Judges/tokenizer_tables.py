#!/usr/bin/env python3
"""Writes our Unicode tables (Sources/Learn/Tokenizer/Unicode/*Data.swift).

    tokenizer_tables.py FOLDER

The tables say what PyPI `tokenizers` sees, because that is what made the ids a
model was trained on: every property is asked of it for all 1,112,064 scalars.
Case folding, which it does not show, comes from Python's `unicodedata` and,
for letters that is too old for, from the lowercase mapping. Combining classes
come from `unicodedata` where the judge reorders the scalar at all: its tables
for normalisation are older than those for patterns.
"""

import pathlib
import sys
import textwrap
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
CATEGORIES = (
    "Cn Cc Cf Co Cs Ll Lm Lo Lt Lu Mc Me Mn Nd Nl No Pc Pd Pe Pf Pi Po Ps Sc Sk Sm So Zl Zp Zs".split()
)
SCRIPTS = (
    "Common Inherited Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi "
    "Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic "
    "Cherokee Khmer Mongolian Hiragana Katakana Bopomofo Han Yi Braille Javanese Balinese Tifinagh Nko"
).split()


def number(value):
    """Five bits a digit, lowest first, the sixth says that more follow."""
    text = ""
    while value >= 32:
        text += DIGITS[32 | value & 31]
        value >>= 5
    return text + DIGITS[value]


def signed(value):
    return number(-2 * value - 1 if value < 0 else 2 * value)


def chunks(size=1 << 16):
    for start in range(0, len(SCALARS), size):
        yield SCALARS[start : start + size]


def kept(splitter):
    """The scalars that a pre-tokenizer which removes all others leaves."""
    found = set()
    for chunk in chunks():
        for piece, _ in splitter.pre_tokenize_str("".join(map(chr, chunk))):
            found.update(map(ord, piece))
    return found


def members(pattern):
    return kept(pre_tokenizers.Split(Regex(pattern), "removed", invert=True))


def mapped(normalizer):
    """Scalar to scalars, where a normalizer changes one that stands alone."""
    result = {}
    for chunk in chunks(4096):
        chunk = [c for c in chunk if c != 0x0A]
        lines = normalizer.normalize_str("\n".join(map(chr, chunk))).split("\n")
        assert len(lines) == len(chunk)
        result.update({c: line for c, line in zip(chunk, lines) if line != chr(c)})
    return result


def runs(values):
    """Value and length, over all code points."""
    text, last, length = "", values[0], 0
    for value in values:
        if value == last:
            length += 1
        else:
            text += number(last) + number(length)
            last, length = value, 1
    return text + number(last) + number(length)


def bits(found):
    return runs([int(c in found) for c in range(0x110000)])


def mapping(table):
    """Gap to the last scalar, number of outputs, outputs as differences."""
    text, last = "", 0
    for scalar in sorted(table):
        outputs = list(map(ord, table[scalar])) if isinstance(table[scalar], str) else table[scalar]
        text += number(scalar - last) + number(len(outputs))
        before = last = scalar
        for output in outputs:
            text += signed(output - before)
            before = output
    return text


def is_hangul(scalar):
    return 0xAC00 <= scalar < 0xD7A4


def write(folder, name, words, tables, extra=()):
    lines = [f"/// {words}", "/// Written by Tests/Judges/tokenizer_tables.py; not to be edited.", f"enum {name} {{"]
    lines += extra
    for index, (table, what, text) in enumerate(tables):
        lines += [""] if index or extra else []
        lines += [f"    /// {what}", f'    static let {table} = """']
        lines += ["        " + text[i : i + 88] for i in range(0, len(text), 88)]
        lines += ['        """']
    lines.append("}")
    assert len(lines) <= 500, (name, len(lines))
    pathlib.Path(folder, name + ".swift").write_text("\n".join(lines) + "\n")


def categories():
    values = [CATEGORIES.index("Cn")] * 0x110000
    for index, category in enumerate(CATEGORIES):
        if category == "Cs":
            values[0xD800:0xE000] = [index] * 0x800
        elif category != "Cn":
            for scalar in members(rf"\p{{{category}}}"):
                values[scalar] = index
    return values


def folding(lower):
    table = {}
    for scalar in SCALARS:
        text = chr(scalar)
        if unicodedata.category(text) == "Cn":
            if scalar in lower:
                table[scalar] = lower[scalar]
            continue
        folded = text.casefold()
        if len(folded) > 1:
            folded = text.lower()
        if folded != text and len(folded) == 1:
            table[scalar] = folded
    return table


def combining_class(text):
    """Python's class, which never changes, if the judge knows the scalar as combining: then it
    changes places with another."""
    value = unicodedata.combining(text)
    if not value:
        return 0
    if value == 1:
        pair, swapped = "a\u05b0" + text, "a" + text + "\u05b0"
    else:
        pair, swapped = "a" + text + "\u0334", "a\u0334" + text
    decompose = normalizers.NFD().normalize_str
    return value if decompose(pair) == decompose(swapped) else 0


def composition(nfd, nfc):
    """Two scalars to one: the composite's own decomposition without its last scalar, composed."""
    compose = normalizers.NFC().normalize_str
    table = {}
    for scalar, parts in nfd.items():
        if scalar in nfc or is_hangul(scalar) or len(parts) < 2:
            continue
        first = compose(parts[:-1])
        assert len(first) == 1, hex(scalar)
        table[scalar] = [ord(first), ord(parts[-1])]
    return table


def main():
    folder = sys.argv[1]
    values = categories()
    write(folder, "UnicodeCategoryData", "General categories, word characters and their like.", [
        ("categories", "Runs of an index into the names.", runs(values)),
        ("oldPunctuation", "Runs of what `Punctuation` splits at.",
         bits(kept(pre_tokenizers.Punctuation(behavior="removed")) ^ set(SCALARS))),
        ("words", "Runs of Onig's `\\w`.", bits(members(r"\w"))),
        ("rustWords", "Runs of the `\\w` of `Whitespace` and of `single_word`.", bits(rust_words())),
        ("digits", "Runs of what `Digits` takes.",
         bits(set(SCALARS) - split_off(pre_tokenizers.Digits(individual_digits=False)))),
        ("accents", "Runs of what `StripAccents` drops.", bits(set(mapped(normalizers.StripAccents())))),
    ], [
        "    /// Where the tables come from.",
        f'    static let version = "16.0.0 as tokenizers {tokenizers.__version__}"',
        "",
        "    /// The names, in the order of their indices.",
        '    static let names = """',
        f'        {" ".join(CATEGORIES)}',
        '        """',
    ])
    lower = mapped(normalizers.Lowercase())
    write(folder, "UnicodeCaseData", "Lowercase and simple case folding.", [
        ("lower", "Lowercase mapping.", mapping(lower)),
        ("folding", "Simple case folding.", mapping(folding(lower))),
    ])
    scripts = [0] * 0x110000
    for index, script in enumerate(SCRIPTS):
        for scalar in members(rf"\p{{{script}}}"):
            scripts[scalar] = index + 1
    write(folder, "UnicodeScriptData", "Scripts that patterns name; 0 is any other.", [
        ("scripts", "Runs of an index into the names, from 1.", runs(scripts)),
    ], ["    /// The names.", '    static let names = """',
        *["        " + line for line in textwrap.wrap(" ".join(SCRIPTS), 88)],
        '        """'])
    nfd, nfc = mapped(normalizers.NFD()), mapped(normalizers.NFC())
    nfkd = mapped(normalizers.NFKD())
    ours = {c: t for c, t in nfd.items() if not is_hangul(c)}
    compat = {c: t for c, t in nfkd.items() if not is_hangul(c) and nfd.get(c) != t}
    classes = [0 if 0xD800 <= c < 0xE000 else combining_class(chr(c)) for c in range(0x110000)]
    write(folder, "UnicodeDecompositionData", "What normalisation needs, but for Hangul, which is arithmetic.", [
        ("canonical", "Full canonical decompositions.", mapping(ours)),
        ("classes", "Runs of canonical combining classes.", runs(classes)),
        ("composition", "Composite, with its two parts.", mapping(composition(ours, nfc))),
    ])
    write(folder, "UnicodeCompatibilityData", "Compatibility decompositions.", [
        ("compatibility", "Full decompositions where they are not the canonical ones.", mapping(compat)),
    ])


def rust_words():
    """`Whitespace` splits between words and others: a letter joins to `a`, no other does."""
    found = set()
    splitter = pre_tokenizers.Whitespace()
    for chunk in chunks(4096):
        text = "".join("a" + chr(c) + " " for c in chunk)
        for piece, _ in splitter.pre_tokenize_str(text):
            if len(piece) == 2 and piece[0] == "a":
                found.add(ord(piece[1]))
    return found


def split_off(splitter):
    """The scalars that stay with an `a` before them."""
    found = set()
    for chunk in chunks(4096):
        text = "".join("a" + chr(c) for c in chunk)
        pieces = splitter.pre_tokenize_str(text)
        for piece, _ in pieces:
            found.update(ord(b) for a, b in zip(piece, piece[1:]) if a == "a")
    return found | {ord("a")}


main()
