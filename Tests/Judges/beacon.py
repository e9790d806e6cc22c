#!/usr/bin/env python3
"""Writes and reads the beacons of docs/formats/beacon.md, standard library alone.

    beacon.py --generate     writes Tests/Vectors/beacons.json
    beacon.py --check        checks Tests/Vectors/beacons.json again
"""

import hashlib
import struct
from pathlib import Path

import vector_file

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "beacons.json"


def network(name):
    return hashlib.blake2b(b"plasmid-network-v1" + name.encode(), digest_size=32).hexdigest()


def tag(number):
    return hashlib.sha256(b"tag %d" % number).hexdigest()[:32]


SWARM = hashlib.sha256(b"swarm").hexdigest()
CASES = [
    {"network": network("plasmid"), "swarmKey": None, "tag": tag(1), "port": 4747,
     "isAnswer": False},
    {"network": network("plasmid"), "swarmKey": None, "tag": tag(1), "port": 4747,
     "isAnswer": True},
    {"network": network("elsewhere"), "swarmKey": None, "tag": tag(2), "port": 1,
     "isAnswer": False},
    {"network": network("plasmid"), "swarmKey": SWARM, "tag": "ff" * 16, "port": 65535,
     "isAnswer": True},
]


def fingerprint(head, case):
    key = bytes.fromhex(case["network"]) + bytes.fromhex(case["swarmKey"] or "")
    return hashlib.blake2b(b"plasmid-beacon-v1" + head, key=key, digest_size=16).digest()


def encode(case):
    head = (b"PLSB" + bytes([1, 1 if case["isAnswer"] else 0]) + struct.pack(">H", case["port"])
            + bytes.fromhex(case["tag"]))
    return head + fingerprint(head, case)


def refused():
    """Datagrams that are none of the first case's network, and why."""
    good = encode(CASES[0])

    def signed(head):
        return head + fingerprint(head, CASES[0])

    return [
        {"bytes": good[:-1].hex(), "why": "truncated"},
        {"bytes": "", "why": "truncated"},
        {"bytes": (good + b"\0").hex(), "why": "trailingBytes"},
        {"bytes": signed(b"PLSM" + good[4:24]).hex(), "why": "beacon"},
        {"bytes": signed(good[:4] + b"\2" + good[5:24]).hex(), "why": "beacon version"},
        {"bytes": signed(good[:5] + b"\2" + good[6:24]).hex(), "why": "beacon flags"},
        {"bytes": signed(good[:6] + b"\0\0" + good[8:24]).hex(), "why": "port"},
        {"bytes": encode(CASES[2]).hex(), "why": "otherNetwork"},
        {"bytes": encode(CASES[3]).hex(), "why": "otherNetwork"},
        {"bytes": (good[:7] + b"\0" + good[8:]).hex(), "why": "otherNetwork"},
    ]


def vectors():
    return {"beacons": [dict(case, bytes=encode(case).hex()) for case in CASES],
            "refused": refused()}


if __name__ == "__main__":
    vector_file.run(__doc__, VECTORS, vectors(), f"{len(CASES)} beacons agree")
