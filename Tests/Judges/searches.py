#!/usr/bin/env python3
"""Writes and reads the messages of searches of docs/formats/channel.md, standard library alone.

    searches.py --generate     writes Tests/Vectors/searches.json
    searches.py --check        checks Tests/Vectors/searches.json again
"""

import struct
from pathlib import Path

import vector_file
from wire import varint

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "searches.json"
CASES = [
    {"kind": "search", "number": "1", "question": '{"all":[]}'},
    {"kind": "search", "number": str(1 << 63), "question": '{"all":[{"type":"lora"}],"limit":7}'},
    {"kind": "refused", "number": "7"},
    {"kind": "found", "number": "7", "reached": "0", "records": []},
    {"kind": "found", "number": "8", "reached": str((1 << 63) - 1),
     "records": ["0102", "ab" * 300]},
]


def encode(case):
    number = struct.pack(">Q", int(case["number"]))
    if case["kind"] == "search":
        return b"\x9c" + number + case["question"].encode()
    if case["kind"] == "refused":
        return b"\x9d" + number + b"\0"
    out = b"\x9d" + number + b"\1" + struct.pack(">Q", int(case["reached"]))
    out += varint(len(case["records"]))
    for record in case["records"]:
        raw = bytes.fromhex(record)
        out += varint(len(raw)) + raw
    return out


def vectors():
    return {"messages": [dict(case, bytes=encode(case).hex()) for case in CASES]}


if __name__ == "__main__":
    vector_file.run(__doc__, VECTORS, vectors(), f"{len(CASES)} messages agree")
