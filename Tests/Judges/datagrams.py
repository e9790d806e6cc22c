#!/usr/bin/env python3
"""Seals and opens the datagrams of docs/formats/datagrams.md, standard library alone; where PyNaCl
is installed it seals each once more.

    datagrams.py --generate     writes Tests/Vectors/datagrams.json
    datagrams.py --check        checks Tests/Vectors/datagrams.json again
"""

import hashlib
import struct
from pathlib import Path

import vector_file

try:
    from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt as judge
except ImportError:
    judge = None

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "datagrams.json"
PRIME = (1 << 130) - 5


def quarter(state, a, b, c, d):
    for left, right, third, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[left] = (state[left] + state[right]) & 0xFFFFFFFF
        word = state[third] ^ state[left]
        state[third] = (word << turn | word >> 32 - turn) & 0xFFFFFFFF


def block(key, counter, nonce):
    """The key stream of RFC 8439 §2.3."""
    start = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key)
                 + (counter,) + struct.unpack("<3I", nonce))
    state = start[:]
    for _ in range(10):
        for shift in range(4):
            quarter(state, shift, 4 + shift, 8 + shift, 12 + shift)
        for shift in range(4):
            quarter(state, shift, 4 + (shift + 1) % 4, 8 + (shift + 2) % 4, 12 + (shift + 3) % 4)
    return struct.pack("<16I", *((one + two) & 0xFFFFFFFF for one, two in zip(state, start)))


def tag(key, sealed):
    """Poly1305 over no associated data and the sealed bytes (RFC 8439 §2.8)."""
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = sealed + bytes(-len(sealed) % 16) + struct.pack("<QQ", 0, len(sealed))
    total = 0
    for start in range(0, len(padded), 16):
        total = (total + int.from_bytes(padded[start:start + 16] + b"\1", "little")) * r % PRIME
    return ((total + int.from_bytes(key[16:], "little")) & (1 << 128) - 1).to_bytes(16, "little")


def seal(case):
    key, message = bytes.fromhex(case["key"]), bytes.fromhex(case["message"])
    nonce = bytes(4) + struct.pack("<Q", case["counter"])
    stream = b"".join(block(key, 1 + index, nonce) for index in range(len(message) // 64 + 1))
    sealed = bytes(one ^ two for one, two in zip(message, stream))
    sealed += tag(block(key, 0, nonce)[:32], sealed)
    if judge is not None:
        assert judge(message, None, nonce, key) == sealed, "PyNaCl seals otherwise"
    return (b"\xd1" + bytes.fromhex(case["channel"]) + struct.pack(">Q", case["counter"]) + sealed)


def offer(case):
    """Message 182, by which a peer learns channel, key and port."""
    return (b"\xb6" + bytes.fromhex(case["channel"]) + bytes.fromhex(case["key"])
            + struct.pack(">H", case["port"]))


def mark(head, case):
    key = bytes.fromhex(case["network"]) + bytes.fromhex(case["swarmKey"] or "")
    return hashlib.blake2b(b"plasmid-datagram-v1" + head, key=key, digest_size=16).digest()


def question(case):
    head = b"\xd2\1" + bytes.fromhex(case["number"]) + bytes.fromhex(case["cookie"] or "00" * 16)
    return (head + mark(head, case)).ljust(1200, b"\0")


def answer(case):
    body = b"\xd4\1" + bytes.fromhex(case["number"])
    address = bytes.fromhex(case["seen"])
    body += bytes([len(address)]) + address + struct.pack(">H", case["port"])
    return body + mark(body, case)


def cookie_answer(case):
    body = b"\xd3\1" + bytes.fromhex(case["number"]) + bytes.fromhex(case["cookie"])
    return body + mark(body, case)


def cookie(case):
    """What a node with this secret gives the address in the epoch of 120 s."""
    address = bytes.fromhex(case["seen"])
    data = (struct.pack(">Q", case["seconds"] // 120) + bytes([len(address)]) + address
            + struct.pack(">H", case["port"]))
    return hashlib.blake2b(data, key=bytes.fromhex(case["secret"]), digest_size=16).hexdigest()


def hashed(text, count=32):
    return hashlib.blake2b(text.encode(), digest_size=count).hexdigest()


SEALED = [
    {"channel": hashed("one", 8), "key": hashed("key one"), "port": 4748, "counter": 0,
     "message": "02" + "00" * 7 + "07"},
    {"channel": "00" * 8, "key": hashed("key two"), "port": 1, "counter": 1024,
     "message": "03" + "ff" * 8},
    {"channel": "ff" * 8, "key": "00" * 32, "port": 65535, "counter": (1 << 32) - 1,
     "message": "91" + hashed("names", 64) * 18 + "00" * 14},
]
COLD = [
    {"network": hashed("net"), "swarmKey": None, "number": hashed("number", 16), "cookie": None,
     "secret": hashed("secret"), "seconds": 0, "seen": "7f000001", "port": 4748},
    {"network": hashed("net"), "swarmKey": hashed("swarm"), "number": "ff" * 16,
     "cookie": hashed("cookie", 16), "secret": hashed("other"), "seconds": 121,
     "seen": "20010db8" + "00" * 11 + "01", "port": 1},
]


def vectors():
    cold = []
    for case in COLD:
        made = cookie(case)
        shown = dict(case, cookie=case["cookie"] or made)
        cold.append(dict(case, question=question(case).hex()[:100], made=made,
                         cookieAnswer=cookie_answer(shown).hex(), answer=answer(case).hex()))
    return {"sealed": [dict(case, offer=offer(case).hex(), bytes=seal(case).hex())
                       for case in SEALED],
            "cold": cold}


if __name__ == "__main__":
    vector_file.run(__doc__, VECTORS, vectors(),
                    f"{len(SEALED)} datagrams and {len(COLD)} questions agree")
