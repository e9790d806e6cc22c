#!/usr/bin/env python3
"""Makes a transparency log as C2SP describes one, for the tests of the judge in main.go.

usage: make_log.py DIR COUNT [--fork N] [--origin NAME] [--witnesses N] [--prove N]...
                   [--extra TEXT]
       make_log.py --vkey NODEKEY

Writes DIR/checkpoint, tile/L/N, tile/entries/N, log.vkey, and for each entry to prove N.leaf and
N.tlog-proof, cosigned by as many witnesses, whose keys lie in witness-1.vkey and so on. Two logs
of other lengths have the same entries and key; --fork changes entry N, --origin the first line of
the checkpoint. --vkey prints the verifier key of a node's journal. Written from RFC 6962, section
2.1, and the C2SP texts; it shares no code with Plasmid nor with the judge. Needs the PyPI package
`cryptography`.
"""
import argparse
import base64
import hashlib
import pathlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

WIDTH = 256
TIME = 1_800_000_000


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def text64(data):
    return base64.b64encode(data).decode()


def split(count):
    """The largest power of two smaller than count."""
    return 1 << (count - 1).bit_length() - 1


def tree_hash(leaves):
    """MTH of RFC 6962, over hashes of entries."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01", tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def path(index, leaves):
    """PATH of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [tree_hash(leaves[k:])]
    return path(index - k, leaves[k:]) + [tree_hash(leaves[:k])]


class Key:
    def __init__(self, name, kind):
        self.name = name
        self.kind = bytes([kind])
        self.private = ed25519.Ed25519PrivateKey.from_private_bytes(sha256(name.encode()))
        self.public = self.private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )

    def line(self, signature):
        hashed = key_hash(self.name, self.kind + self.public)
        return f"\u2014 {self.name} {text64(hashed + signature)}\n"

    def sign(self, text):
        return self.line(self.private.sign(text.encode()))

    def cosign(self, text, time):
        message = f"cosignature/v1\ntime {time}\n{text}"
        return self.line(time.to_bytes(8, "big") + self.private.sign(message.encode()))


def key_hash(name, key):
    return sha256(name.encode(), b"\n", key)[:4]


def verifier_key(name, key):
    return f"{name}+{key_hash(name, key).hex()}+{text64(key)}"


def tile_name(index, width):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups) + (f".p/{width}" if width < WIDTH else "")


def write(file, data):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def write_tiles(folder, row, entries):
    level = 0
    while row:
        for start in range(0, len(row), WIDTH):
            part = row[start : start + WIDTH]
            name = tile_name(start // WIDTH, len(part))
            write(folder / "tile" / str(level) / name, b"".join(part))
            if level == 0:
                bundle = [len(e).to_bytes(2, "big") + e for e in entries[start : start + WIDTH]]
                write(folder / "tile" / "entries" / name, b"".join(bundle))
        full = len(row) // WIDTH
        row = [tree_hash(row[i * WIDTH : (i + 1) * WIDTH]) for i in range(full)]
        level += 1


def node_vkey(key):
    raw = base64.b32decode(key.upper() + "=" * (-len(key) % 8))
    return verifier_key(f"plasmid/{key}", b"\x01" + raw)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("count", nargs="?", type=int)
    parser.add_argument("--fork", type=int)
    parser.add_argument("--origin")
    parser.add_argument("--witnesses", type=int, default=0)
    parser.add_argument("--prove", type=int, action="append", default=[])
    parser.add_argument("--extra")
    parser.add_argument("--vkey")
    options = parser.parse_args()
    if options.vkey:
        print(node_vkey(options.vkey))
        return
    if options.count is None:
        parser.error("DIR and COUNT are needed")

    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    entries = [b'{"entry":%d}' % n for n in range(options.count)]
    if options.fork is not None:
        entries[options.fork] = b"another entry"
    leaves = [sha256(b"\x00", entry) for entry in entries]
    write_tiles(folder, leaves, entries)

    log = Key("log.example/judged", 1)
    witnesses = [Key(f"witness.example/{n + 1}", 4) for n in range(options.witnesses)]
    (folder / "log.vkey").write_text(verifier_key(log.name, log.kind + log.public))
    for n, one in enumerate(witnesses):
        key = verifier_key(one.name, one.kind + one.public)
        (folder / f"witness-{n + 1}.vkey").write_text(key)

    text = f"{options.origin or log.name}\n{options.count}\n{text64(tree_hash(leaves))}\n"
    checkpoint = f"{text}\n{log.sign(text)}"
    (folder / "checkpoint").write_text(checkpoint)
    checkpoint += "".join(one.cosign(text, TIME + n) for n, one in enumerate(witnesses))
    extra = f"extra {text64(options.extra.encode())}\n" if options.extra else ""
    for index in options.prove:
        hashes = "".join(text64(one) + "\n" for one in path(index, leaves))
        proof = f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hashes}\n{checkpoint}"
        (folder / f"{index}.tlog-proof").write_text(proof)
        (folder / f"{index}.leaf").write_bytes(entries[index])


if __name__ == "__main__":
    main()
