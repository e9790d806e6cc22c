#!/usr/bin/env python3
"""Judges our reading of licence expressions with PyPI `license-expression`.

    licence_expressions.py --generate N [--seed S]   N random expressions, good and bad, one a line
    licence_expressions.py --names < NAMES           known spellings: one identifier a line
    licence_expressions.py < ANSWERS                 three lines each: the expression, our
                                                     canonical text or `-` if we refuse it, and
                                                     its structure

The package reads a wider language than SPDX; we refuse on purpose what SPDX does. REASONS is the
whole list of such differences: where one applies we must refuse, everywhere else both must agree
on accept or refuse, on the structure, and on the spelling of every known identifier.
"""

import argparse
import collections
import random
import re
import sys

from license_expression import ExpressionError, Licensing, get_spdx_licensing

WORD = re.compile(r"[^ \t()]+")
IDENTIFIER = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9.-]+\+?")
BYTES_MAX, DEPTH_MAX = 512, 16


def words_of(text):
    return WORD.findall(text)


def is_operator(word):
    return word.lower() in ("and", "or", "with")


def mixed_case(text):
    return any(is_operator(w) and w not in (w.lower(), w.upper()) for w in words_of(text))


def alphabet(text):
    return any(not IDENTIFIER.fullmatch(w) for w in words_of(text))


def reference(text):
    """LicenseRef- and AdditionRef- need a name, stand where their kind may, and take no `+`."""
    words = words_of(text)
    for place, word in enumerate(words):
        is_addition = place > 0 and words[place - 1].lower() == "with"
        root, other = ("AdditionRef-", "LicenseRef-")[:: 1 if is_addition else -1]
        head, _, tail = word.rpartition(":")
        if head and not (tail.startswith(root) and len(tail) > len(root)):
            return True
        if tail.startswith((other, "DocumentRef-")) or tail == root:
            return True
        if tail.endswith("+") and (tail.startswith(root) or is_addition):
            return True
    return False


def blank(text):
    return any(c.isspace() and c not in " \t" for c in text)


def overlooked(text):
    """What the package overlooks: a term right behind or before a parenthesis, an operator at the end."""
    tokens = re.findall(r"[()]|[^ \t()]+", text)
    for left, right in zip(tokens, tokens[1:]):
        if left == ")" and right != ")" and not is_operator(right):
            return True
        if right == "(" and left != "(" and not is_operator(left):
            return True
    return bool(tokens) and is_operator(tokens[-1])


def length(text):
    depth = deepest = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        deepest = max(deepest, depth)
    return len(text.encode()) > BYTES_MAX or deepest > DEPTH_MAX


REASONS = {
    "an operator in mixed case: SPDX takes all upper or all lower": mixed_case,
    "a reference that is bare, in the wrong place or with `+`": reference,
    "white space other than blank and tab": blank,
    "a character that no identifier has (SPDX: letters, digits, `-`, `.`)": alphabet,
    "an operator missing or with nothing behind it": overlooked,
    "longer or deeper than a document may hold": length,
}

SPDX = get_spdx_licensing()
PLAIN = Licensing()
KNOWN = {
    is_exception: {
        key.lower(): key
        for key, symbol in SPDX.known_symbols.items()
        if symbol.is_exception == is_exception and not key.startswith("LicenseRef-scancode")
    }
    for is_exception in (False, True)
}


def structure(node):
    kind = type(node).__name__
    if kind == "LicenseWithExceptionSymbol":
        return f"W({node.license_symbol.key},{node.exception_symbol.key})"
    if kind == "LicenseSymbol":
        return node.key
    parts = []
    for part in node.args:
        text = structure(part)
        same = type(part).__name__ == kind
        parts.append(text[2:-1] if same else text)
    return f"{kind[0]}({','.join(parts)})"


def judge(text):
    """The structure that the package sees; None if it refuses."""
    try:
        tree = PLAIN.parse(text, simple=True)
    # Some broken texts are not refused but make it fall over.
    except (ExpressionError, IndexError, AssertionError, TypeError, AttributeError):
        return None
    return None if tree is None else structure(tree)


def spelling(text):
    """Identifiers of a canonical text that are not in the spelling of the list."""
    words = words_of(text)
    for before, word in zip([""] + words, words):
        bare = word.rstrip("+")
        if not is_operator(word) and KNOWN[before == "WITH"].get(bare.lower(), bare) != bare:
            yield word


NAMES = """MIT mit Apache-2.0 apache-2.0 GPL-2.0-only GPL-2.0+ gpl-3.0-or-later BSD-3-Clause isc Zlib
CC-BY-SA-4.0 cc0-1.0 MPL-2.0 LGPL-2.1+ Unlicense 0BSD EUPL-1.2 AFL-3.0 CECILL-2.1 Unlisted-9.9 x a.b-c
LicenseRef-mine LicenseRef-a.b DocumentRef-spdx:LicenseRef-q""".split()
ADDITIONS = "Classpath-exception-2.0 llvm-exception GCC-exception-3.1 other AdditionRef-x".split()
ODD = ["/", ",", ":", "+", "_", "\u00e9", "(", ")", "LicenseRef-", "DocumentRef-a", "AdditionRef-b", "And", "wiTH",
       "OR", "with", "\u00a0", "\u2003", "a:b", "LicenseRef-a+", "DocumentRef-a:MIT", "x+", "MIT WITH LicenseRef-a"]


def operator(draw, name):
    return draw.choice([name, name, name.lower(), name.lower(), name.capitalize() if draw.random() < 0.05 else name])


def expression(draw, depth):
    kind = draw.random()
    gap = draw.choice([" ", " ", " ", "  ", "\t"])
    if depth == 0 or kind < 0.35:
        name = draw.choice(NAMES)
        if draw.random() < 0.2:
            return f"{name}{gap}{operator(draw, 'WITH')}{gap}{draw.choice(ADDITIONS)}"
        return name
    if kind < 0.5:
        return f"({draw.choice(['', ' '])}{expression(draw, depth - 1)}{draw.choice(['', ' '])})"
    sides = [expression(draw, depth - 1) for _ in range(2)]
    return f"{sides[0]}{gap}{operator(draw, draw.choice(['AND', 'OR']))}{gap}{sides[1]}"


def damaged(draw, text):
    words = text.split(" ")
    place = draw.randrange(len(words))
    kind = draw.randrange(6)
    if kind == 0:
        del words[place]
    elif kind == 1:
        words.insert(place, draw.choice(ODD))
    elif kind == 2:
        words.insert(place, words[draw.randrange(len(words))])
    elif kind == 3:
        words[place] += draw.choice(ODD)
    elif kind == 4:
        other = draw.randrange(len(words))
        words[place], words[other] = words[other], words[place]
    else:
        at = draw.randrange(len(text) + 1)
        return text[:at] + text[at + 1:]
    return " ".join(words)


def generate(count, seed):
    draw = random.Random(seed)
    for number in range(count):
        text = expression(draw, draw.randrange(5))
        if draw.random() < 0.4:
            text = damaged(draw, text)
        if number % 500 == 0:
            text = "(" * 17 + text + ")" * 17
        if number % 500 == 1:
            text = " OR ".join([text] * 60)
        yield text.replace("\n", " ")


def compare(lines):
    seen = collections.Counter()
    faults = []
    for text, canonical, ours in zip(lines[::3], lines[1::3], lines[2::3]):
        theirs = judge(text)
        reason = next((why for why, applies in REASONS.items() if applies(text)), None)
        accepts = canonical != "-"
        if reason:
            seen[reason] += theirs is not None
            if accepts:
                faults.append(f"accepted in spite of {reason}: {text}")
        elif accepts != (theirs is not None):
            faults.append(f"we {'accept' if accepts else 'refuse'}, the package does not: {text}")
        elif accepts:
            seen["accepted by both"] += 1
            if theirs.lower() != ours.lower() or judge(canonical).lower() != ours.lower():
                faults.append(f"{text}: {ours} here, {theirs} there")
            for word in spelling(canonical):
                faults.append(f"{text}: {word} is not in the list's spelling")
        else:
            seen["refused by both"] += 1
    for words in list(REASONS) + ["accepted by both", "refused by both"]:
        if not seen[words]:
            faults.append(f"no example of: {words}")
    for words, count in sorted(seen.items()):
        print(f"{count:6} {words}")
    for fault in faults[:20]:
        print(fault)
    return bool(faults)


def names(lines):
    both = KNOWN[False] | KNOWN[True]
    wrong = [line for line in lines if both.get(line.lower(), line) != line]
    print(f"{len(lines)} identifiers, spelt otherwise: {wrong}")
    return bool(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generate", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", action="store_true")
    options = parser.parse_args()
    if options.generate:
        sys.stdout.reconfigure(encoding="utf-8")
        for line in generate(options.generate, options.seed):
            print(line)
        return 0
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    lines = sys.stdin.read().split("\n")
    return names([line for line in lines if line]) if options.names else compare(lines[:-1])


if __name__ == "__main__":
    sys.exit(main())
