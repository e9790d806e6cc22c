#!/usr/bin/env python3
"""Computes the chains and writes the messages of docs/formats/challenges.md, hashlib alone.

    challenges.py --generate     writes Tests/Vectors/challenges.json
    challenges.py --check        checks Tests/Vectors/challenges.json again
"""

import hashlib
import struct
from pathlib import Path

import vector_file
from wire import varint

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "challenges.json"
LEAF = 16_384
MODES = {"holder": 1, "rootOnly": 2}
VERDICTS = {"passed": 1, "late": 2, "wrong": 3, "absent": 4, "damaged": 5, "silent": 6,
            "unreached": 7}


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def blake2b(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


def blob_bytes(size):
    """Byte i is (i + i // 251) mod 251: no two leaves are equal."""
    return bytes((i + i // 251) % 251 for i in range(size))


def terms(case):
    return (bytes.fromhex(case["verifier"]) + bytes.fromhex(case["mirror"])
            + bytes.fromhex(case["blob"]) + struct.pack(">QQ", case["size"], case["epoch"])
            + bytes.fromhex(case["nonce"]) + struct.pack(">HB", case["steps"], MODES[case["mode"]]))


def chain(case, data):
    """The leaves in the order of the chain and the code behind each."""
    count = max(1, -(-case["size"] // LEAF))
    seed = blake2b(b"plasmid-challenge-v1" + bytes.fromhex(case["nonce"])
                   + bytes.fromhex(case["verifier"]) + bytes.fromhex(case["mirror"])
                   + bytes.fromhex(case["blob"]) + struct.pack(">Q", case["size"]))
    leaves, codes = [], []
    index, code = int.from_bytes(seed[:8], "big") % count, bytes(32)
    for step in range(case["steps"]):
        leaves.append(index)
        key = blake2b(b"plasmid-challenge-key-v1" + seed + struct.pack(">I", step) + code)
        code = blake2b(data[index * LEAF:(index + 1) * LEAF], key)
        codes.append(code)
        index = int.from_bytes(code[:8], "big") % count
    return leaves, codes


def answer_input(case, code):
    return (b"plasmid-challenge-answer-v1" + terms(case) + code
            + struct.pack(">Q", case["received"]))


def receipt_body(case, code):
    answer = b"\x00"
    if "signature" in case:
        answer = (b"\x01" + code + struct.pack(">Q", case["received"])
                  + bytes.fromhex(case["signature"]))
    return (b"\x01" + terms(case) + struct.pack(">QI", case["sent"], case["allowed"]) + answer
            + struct.pack(">IB", case["elapsed"], VERDICTS[case["verdict"]]))


def root(entries):
    """RFC 6962, section 2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(entries[:half]) + root(entries[half:])).digest()


def case(number, size, steps, mode="holder", **more):
    base = {
        "verifier": digest("verifier").hex(), "mirror": digest("mirror").hex(),
        "blob": digest(f"blob {size}").hex(), "size": size, "epoch": 20_718,
        "nonce": digest(f"nonce {number}").hex(), "steps": steps, "mode": mode,
        "sent": 1_790_000_000_000, "allowed": 570_000, "elapsed": 0,
    }
    return base | more


ANSWERED = {"received": 1_790_000_000_021, "signature": "5a" * 64, "elapsed": 43_210}
CASES = [
    case(0, 0, 1, verdict="passed", **ANSWERED),
    case(1, 1, 8, verdict="passed", **ANSWERED),
    case(2, LEAF, 64, verdict="passed", **ANSWERED),
    case(3, 40_000, 64, verdict="passed", **ANSWERED),
    case(4, 3_000_000, 460, verdict="wrong", **ANSWERED),
    case(5, 40_000, 8, "rootOnly", verdict="late", **(ANSWERED | {"elapsed": 570_001})),
    case(6, 40_000, 64, verdict="absent"), case(7, 40_000, 64, verdict="damaged"),
    case(8, 40_000, 64, verdict="silent"), case(9, 40_000, 20, "rootOnly", verdict="unreached"),
]


def messages(item, code):
    """The three messages that have no proof in them."""
    layer, nonce = digest("layer"), bytes.fromhex(item["nonce"])
    question = (bytes([170]) + layer + bytes.fromhex(item["blob"]) + struct.pack(">Q", item["epoch"])
                + nonce + struct.pack(">HBI", item["steps"], MODES[item["mode"]], item["allowed"]))
    answers = {"absent": b"\x00", "damaged": b"\x02", "later": b"\x01" + varint(3_600)}
    if "signature" in item:
        answers["code"] = (b"\x03" + code + struct.pack(">Q", item["received"])
                           + bytes.fromhex(item["signature"]))
    return {"layer": layer.hex(), "challenge": question.hex(),
            "answers": {name: (bytes([171]) + nonce + tail).hex() for name, tail in answers.items()}}


def vectors():
    out = []
    for item in CASES:
        leaves, codes = chain(item, blob_bytes(item["size"]))
        body = receipt_body(item, codes[-1])
        result = {
            "leaves": leaves, "codes": [code.hex() for code in codes[:8]], "code": codes[-1].hex(),
            "receiptInput": (b"plasmid-storage-receipt-v1" + body).hex(),
            "receipt": (body + bytes.fromhex("a5" * 64)).hex(),
        }
        if "signature" in item:
            result["answerInput"] = answer_input(item, codes[-1]).hex()
        out.append(item | result | {"messages": messages(item, codes[-1])})
    entries = [bytes.fromhex(item["receipt"]) for item in out]
    roots = [root(entries[:count]).hex() for count in range(len(entries) + 1)]
    bad = []
    good = bytes.fromhex(out[3]["receipt"])
    # Byte 147 is the last of the terms, the mode; 160 says whether there is an answer.
    for name, at, value in [("version", 0, 2), ("mode", 147, 3), ("answer", 160, 2),
                            ("verdict", len(good) - 65, 8), ("agreement", len(good) - 65, 2)]:
        bad.append({"what": name, "receipt": (good[:at] + bytes([value]) + good[at + 1:]).hex()})
    bad.append({"what": "short", "receipt": good[:-1].hex()})
    bad.append({"what": "long", "receipt": (good + b"\x00").hex()})
    return {"challenges": out, "roots": roots, "bad": bad}


if __name__ == "__main__":
    vector_file.run(__doc__, VECTORS, vectors(), "the chains and receipts are those of the vectors")
