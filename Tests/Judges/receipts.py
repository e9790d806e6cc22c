#!/usr/bin/env python3
"""Checks what `plasmid audit receipts --json` printed, by docs/formats/challenges.md: every byte of
each receipt, its signatures with PyNaCl, and the Merkle root of what an Endorsement tells.

    receipts.py NODE [FILE] < JSON     NODE is the verifier, FILE the challenged blob

With FILE the chain is computed anew and must end in the code of every receipt that passed, and
of none that is wrong. Exits 0 and prints what it found, else 1 and the reason.
"""

import base64
import json
import struct
import sys
from pathlib import Path

import nacl.exceptions
import nacl.signing

from challenges import VERDICTS, chain, root

HEAD = struct.Struct(">B32s32s32sQQ32sHBQIB")
ANSWER = struct.Struct(">32sQ64s")
TAIL = struct.Struct(">IB64s")
NAMES = {number: name for name, number in VERDICTS.items()}


def base32(key):
    return base64.b32encode(key).decode().lower().rstrip("=")


def signed(key, message, signature):
    try:
        nacl.signing.VerifyKey(key).verify(message, signature)
    except nacl.exceptions.BadSignatureError:
        sys.exit(f"a signature is not that of {base32(key)}")


def read(data):
    """The fields of a receipt whose signatures hold."""
    (version, verifier, mirror, blob, size, epoch, nonce, steps, mode, sent, allowed,
     has_answer) = HEAD.unpack_from(data)
    place = HEAD.size
    item = {"verifier": verifier.hex(), "mirror": mirror.hex(), "blob": blob.hex(), "size": size,
            "epoch": epoch, "nonce": nonce.hex(), "steps": steps, "both": False}
    if has_answer:
        code, received, signature = ANSWER.unpack_from(data, place)
        place += ANSWER.size
        terms = data[1:148]
        signed(mirror, b"plasmid-challenge-answer-v1" + terms + code + struct.pack(">Q", received),
               signature)
        item |= {"code": code, "both": True}
    elapsed, verdict, signature = TAIL.unpack_from(data, place)
    if place + TAIL.size != len(data) or version != 1 or mode not in (1, 2) or has_answer > 1:
        sys.exit("a receipt has another form")
    signed(verifier, b"plasmid-storage-receipt-v1" + data[:-64], signature)
    item |= {"verdict": NAMES[verdict], "elapsed": elapsed}
    if (item["verdict"] == "passed") > (item["both"] and elapsed <= allowed):
        sys.exit("a receipt says passed and was not answered in time")
    return item


def main():
    told = json.load(sys.stdin)
    node = sys.argv[1]
    blob = Path(sys.argv[2]).read_bytes() if len(sys.argv) > 2 else None
    counts, kept = {}, {}
    for row in told["receipts"]:
        data = base64.b64decode(row["receipt"])
        item = read(data)
        if (row["verifier"], row["mirror"], row["verdict"]) != (
                base32(bytes.fromhex(item["verifier"])), base32(bytes.fromhex(item["mirror"])),
                item["verdict"]):
            sys.exit("the row says something else than the receipt")
        counts[item["verdict"]] = counts.get(item["verdict"], 0) + 1
        if blob is not None and item["verdict"] in ("passed", "wrong"):
            is_right = chain(item, blob)[1][-1] == item["code"]
            if is_right != (item["verdict"] == "passed"):
                sys.exit(f"the verdict {item['verdict']} is not so")
        if row["verifier"] == node and row["public"]:
            kept.setdefault(row["mirror"], []).append((item, data))
    for mirror in told["mirrors"]:
        own = kept.get(mirror["node"], [])
        passed = sum(item["verdict"] == "passed" for item, _ in own)
        if (mirror["challenged"], mirror["passed"]) != (len(own), passed):
            sys.exit("the counts are not those of the receipts")
        if mirror["root"] != root([data for item, data in own if item["both"]]).hex():
            sys.exit("the root is not that of the receipts")
    print(json.dumps(counts, sort_keys=True))


if __name__ == "__main__":
    main()
