#!/usr/bin/env python3
"""Writes and reads the messages among neighbours of docs/formats/channel.md, standard library alone.

    neighbours.py --generate     writes Tests/Vectors/neighbours.json
    neighbours.py --check        checks Tests/Vectors/neighbours.json again
"""

import hashlib
import struct
from pathlib import Path

import vector_file
from wire import varint

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "neighbours.json"
WORDS = {"ask": 1, "askUrgently": 2, "accept": 3, "refuse": 4, "leave": 5}
KEYS = [hashlib.sha256(b"key %d" % n).hexdigest() for n in range(3)]


def name(record):
    """The name of a record: the head of the BLAKE2b-256 of all its bytes."""
    return hashlib.blake2b(bytes.fromhex(record), digest_size=32).hexdigest()[:32]


PEERS = [
    {"key": KEYS[0], "endpoints": [["09090909", 4747]]},
    {"key": KEYS[1], "endpoints": [["0a000001", 1], ["20010db9" + "00" * 11 + "07", 65535]]},
]
CASES = [
    {"kind": "ask"}, {"kind": "askUrgently"}, {"kind": "accept"},
    {"kind": "refuse", "peers": PEERS}, {"kind": "leave", "peers": []},
    {"kind": "shuffle", "number": 1 << 63, "hopsLeft": 6, "peers": PEERS[::-1]},
    {"kind": "shuffleAnswer", "number": 77, "peers": PEERS[:1]},
    {"kind": "probe", "number": 5, "of": KEYS[2]},
    {"kind": "probeAnswer", "number": 5, "outcome": 2},
    {"kind": "news", "items": [[3, "0102"], [255, "ab" * 300]]},
    {"kind": "haves", "haves": [[1, name("0102")], [9, name("")]]},
    {"kind": "graft", "names": [name("ab" * 300)]}, {"kind": "graft", "names": []},
    {"kind": "prune"},
]

CIRCLE = hashlib.sha256(b"circle").hexdigest()[:32]
CIRCLES = [
    {"kind": "join"}, {"kind": "news", "items": [[0, "0102"], [255, "ab" * 300]]},
    {"kind": "haves", "haves": [[1, name("0102")], [9, name("")]]},
    {"kind": "graft", "names": [name("ab" * 300)]}, {"kind": "graft", "names": []},
    {"kind": "prune"},
]


def peer_list(peers):
    out = varint(len(peers))
    for peer in peers:
        out += bytes.fromhex(peer["key"]) + varint(len(peer["endpoints"]))
        for address, port in peer["endpoints"]:
            raw = bytes.fromhex(address)
            out += bytes([len(raw)]) + raw + struct.pack(">H", port)
    return out


def encode(case):
    kind = case["kind"]
    if kind in WORDS:
        tail = peer_list(case["peers"]) if "peers" in case else b""
        return bytes([139, WORDS[kind]]) + tail
    if kind == "shuffle":
        return (bytes([140]) + struct.pack(">QB", case["number"], case["hopsLeft"])
                + peer_list(case["peers"]))
    if kind == "shuffleAnswer":
        return bytes([141]) + struct.pack(">Q", case["number"]) + peer_list(case["peers"])
    if kind == "probe":
        return bytes([142]) + struct.pack(">Q", case["number"]) + bytes.fromhex(case["of"])
    if kind == "probeAnswer":
        return bytes([143]) + struct.pack(">QB", case["number"], case["outcome"])
    if kind == "news":
        out = bytes([144]) + varint(len(case["items"]))
        for hops, record in case["items"]:
            raw = bytes.fromhex(record)
            out += bytes([hops]) + varint(len(raw)) + raw
        return out
    if kind == "haves":
        out = bytes([145]) + varint(len(case["haves"]))
        return out + b"".join(bytes([hops]) + bytes.fromhex(n) for hops, n in case["haves"])
    if kind == "graft":
        return (bytes([146]) + varint(len(case["names"]))
                + b"".join(bytes.fromhex(n) for n in case["names"]))
    return bytes([147])


def encode_circle(case):
    """A word among the members of a circle: its tag, then `join` or a word among neighbours."""
    word = bytes([0]) if case["kind"] == "join" else encode(case)
    return bytes([200]) + bytes.fromhex(CIRCLE) + word


def vectors():
    return {
        "messages": [dict(case, bytes=encode(case).hex()) for case in CASES],
        "circles": [
            dict(case, circle=CIRCLE, bytes=encode_circle(case).hex()) for case in CIRCLES],
    }


if __name__ == "__main__":
    vector_file.run(__doc__, VECTORS, vectors(), f"{len(CASES) + len(CIRCLES)} messages agree")
