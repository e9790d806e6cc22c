#!/usr/bin/env python3
"""Judges versions and comparators with PyPI `semver`.

    versions.py --generate N [--seed S]   N pairs of versions, two on a line
    versions.py < ANSWERS                 each line: the pair, -1, 0 or 1 for their order, and five
                                          digits: whether the first is accepted by <, <=, >, >= and
                                          = of the second

The package compares alone. Our ranges accept a version before a release only where the comparator
names one of the same three numbers, as npm's do; there our answer must be 0.
"""

import argparse
import random
import sys

from semver import Version

PARTS = ["alpha", "beta", "rc", "0", "1", "2", "10", "11", "x-y", "a1", "A", "-", "0a"]


def version(draw):
    text = ".".join(str(draw.choice([0, 1, 2, 9, 10, 11])) for _ in range(3))
    if draw.random() < 0.6:
        text += "-" + ".".join(draw.choice(PARTS) for _ in range(draw.randint(1, 3)))
    if draw.random() < 0.2:
        text += "+" + draw.choice(["b", "01", "x.y"])
    return text if len(text) <= 32 else version(draw)


def generate(count, seed):
    draw = random.Random(seed)
    for _ in range(count):
        left = version(draw)
        # Often nearly the same, so that the rarer rules decide.
        right = version(draw)
        if draw.random() < 0.5 and "-" in left:
            right = left.split("-")[0] + "-" + ".".join(
                draw.choice(PARTS) for _ in range(draw.randint(1, 3)))
        print(left, right if len(right) <= 32 else left)


def judge(lines):
    wrong = 0
    for line in lines:
        left_text, right_text, order, accepted = line.split(" ")
        left, right = Version.parse(left_text), Version.parse(right_text)
        compared = left.compare(right)
        named = not left.prerelease or (
            bool(right.prerelease) and left.to_tuple()[:3] == right.to_tuple()[:3])
        expected = [compared < 0, compared <= 0, compared > 0, compared >= 0, compared == 0]
        digits = "".join("1" if named and each else "0" for each in expected)
        if int(order) != compared or digits != accepted:
            wrong += 1
            print(f"{left_text} {right_text}: {order} {accepted}, not {compared} {digits}")
    return 1 if wrong else 0


parser = argparse.ArgumentParser()
parser.add_argument("--generate", type=int)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
if options.generate:
    generate(options.generate, options.seed)
else:
    sys.exit(judge(sys.stdin.read().splitlines()))
