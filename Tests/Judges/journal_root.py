#!/usr/bin/env python3
"""Recomputes the root of a journal from its files, independently of the program.

usage: journal_root.py HOME/journal
Prints "COUNT ROOT tiles ok checkpoint ok". Uses the standard library alone; the checkpoint's
signature is checked too where the PyPI package `cryptography` is installed.
"""
import base64
import hashlib
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


def entries():
    for path in sorted(folder.glob("*.log")):
        data = path.read_bytes()
        position = 0
        while position < len(data):
            length = int.from_bytes(data[position : position + 2], "big")
            yield data[position + 2 : position + 2 + length]
            position += 2 + length


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes):
    """RFC 6962, 2.1."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    return node(root(hashes[:left]), root(hashes[left:]))


def tile_name(index):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def tiles_are_right(leaves):
    level, row = 0, leaves
    while row:
        for index in range((len(row) + 255) // 256):
            part = row[index * 256 : (index + 1) * 256]
            path = folder / "tile" / str(level) / tile_name(index)
            if len(part) < 256:
                path = path.with_name(path.name + ".p") / str(len(part))
            if path.read_bytes() != b"".join(part):
                return False
        row = [root(row[i : i + 256]) for i in range(0, len(row) - 255, 256)]
        level += 1
    return True


leaves = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries()]
top = root(leaves)
text, _, signatures = (folder / "checkpoint").read_text().partition("\n\n")
origin, count, encoded = text.split("\n")
checkpoint_ok = int(count) == len(leaves) and base64.b64decode(encoded) == top
try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = base64.b32decode(origin.split("/")[1].upper() + "====")
    line = base64.b64decode(signatures.split(" ")[2])
    expected = hashlib.sha256(origin.encode() + b"\n\x01" + key).digest()[:4]
    checkpoint_ok = checkpoint_ok and line[:4] == expected
    Ed25519PublicKey.from_public_bytes(key).verify(line[4:], text.encode() + b"\n")
except ImportError:
    pass
print(
    len(leaves),
    top.hex(),
    "tiles", "ok" if tiles_are_right(leaves) else "wrong",
    "checkpoint", "ok" if checkpoint_ok else "wrong",
)
