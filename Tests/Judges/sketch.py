#!/usr/bin/env python3
"""Makes and takes apart sketches of docs/formats/channel.md with the standard library alone.

    sketch.py --generate     writes Tests/Vectors/sketches.json
    sketch.py --check        checks Tests/Vectors/sketches.json again
"""

import argparse
import json
import math
import random
import sys
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "sketches.json"
MASK = (1 << 64) - 1


def siphash(key, data):
    """SipHash-2-4 (Aumasson, Bernstein 2012)."""
    def rotate(value, count):
        return (value << count | value >> (64 - count)) & MASK

    first, second = (int.from_bytes(key[i:i + 8], "little") for i in (0, 8))
    state = [first ^ 0x736F6D6570736575, second ^ 0x646F72616E646F6D,
             first ^ 0x6C7967656E657261, second ^ 0x7465646279746573]

    def turn(times):
        a, b, c, d = state
        for _ in range(times):
            a = (a + b) & MASK
            b = rotate(b, 13) ^ a
            a = rotate(a, 32)
            c = (c + d) & MASK
            d = rotate(d, 16) ^ c
            a = (a + d) & MASK
            d = rotate(d, 21) ^ a
            c = (c + b) & MASK
            b = rotate(b, 17) ^ c
            c = rotate(c, 32)
        state[:] = a, b, c, d

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start:start + 8], "little")
        state[3] ^= word
        turn(2)
        state[0] ^= word
    state[2] ^= 255
    turn(4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def places(value, count):
    """The symbols below `count` of an item whose hash is `value`."""
    index = 0
    while index < count:
        yield index
        value = (value + 0x9E3779B97F4A7C15) & MASK
        bits = value
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & MASK
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & MASK
        bits ^= bits >> 31
        chance = ((bits >> 11) + 1) * 2.0 ** -53
        following = math.ceil(
            math.sqrt((index + 1.0) * (index + 2.0) / chance + 0.25) - 1.5)
        index = max(index + 1, following)


def sketch(items, salt, count):
    symbols = [[0, 0, 0] for _ in range(count)]
    for item in items:
        value = siphash(salt, item.to_bytes(8, "big"))
        for place in places(value, count):
            toggle(symbols[place], item, value, 1)
    return symbols


def toggle(symbol, item, value, times):
    symbol[0] ^= item
    symbol[1] ^= value & 0xFFFFFFFF
    symbol[2] += times


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def frame(items, salt, count):
    out = salt + varint(len(items)) + varint(count)
    for index, (total, check, number) in enumerate(sketch(items, salt, count)):
        difference = number - 2 * len(items) // (index + 2)
        zigzag = difference * 2 if difference >= 0 else -difference * 2 - 1
        out += total.to_bytes(8, "big") + check.to_bytes(4, "big") + varint(zigzag)
    return out


def take_apart(theirs, ours, salt, count):
    """Items of the one set alone and of the other alone; None where the symbols are too few."""
    symbols = [[a[0] ^ b[0], a[1] ^ b[1], a[2] - b[2]] for a, b in
               zip(sketch(theirs, salt, count), sketch(ours, salt, count))]
    found = {1: set(), -1: set()}
    moved = True
    while moved:
        moved = False
        for symbol in symbols:
            item, check, side = symbol
            if side not in found:
                continue
            value = siphash(salt, item.to_bytes(8, "big"))
            if value & 0xFFFFFFFF != check:
                continue
            found[side].add(item)
            for place in places(value, count):
                toggle(symbols[place], item, value, -side)
            moved = True
    return (found[1], found[-1]) if not any(map(any, symbols)) else None


def cases():
    chance = random.Random(20261127)
    for common, theirs, ours, count in (
            (0, 0, 0, 1), (1, 0, 0, 4), (0, 1, 0, 1), (200, 1, 2, 12), (300, 40, 25, 128),
            (50, 60, 0, 40), (600, 0, 90, 192)):
        shared, left, right = ([chance.getrandbits(64) for _ in range(n)] for n in (common, theirs, ours))
        yield bytes(chance.getrandbits(8) for _ in range(16)), shared + left, shared + right, count


def vectors():
    assert siphash(bytes(range(16)), bytes(range(8))) == 0x93F5F5799A932462, "not SipHash-2-4"
    rows = []
    for salt, theirs, ours, count in cases():
        found = take_apart(theirs, ours, salt, count)
        if found is not None:
            assert found == (set(theirs) - set(ours), set(ours) - set(theirs))
        rows.append({
            "salt": salt.hex(), "theirs": [f"{item:016x}" for item in theirs],
            "ours": [f"{item:016x}" for item in ours], "count": count,
            "frame": frame(theirs, salt, count).hex(), "comesApart": found is not None})
    return {"sketches": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = json.dumps(vectors(), indent=0) + "\n"
    if options.generate:
        VECTORS.write_text(text)
    elif options.check and VECTORS.read_text() != text:
        sys.exit("the vectors are others")


main()
