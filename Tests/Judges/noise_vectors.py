#!/usr/bin/env python3
"""Makes (--generate) or checks Noise vectors with PyPI `noiseprotocol`.

The layout is cacophony's: prologues, keys, psks, handshake hash, messages
with payload and ciphertext; after the handshake the transport messages go on
in turn. Checking replays every vector of a file (or stdin) whose protocol is
in PROTOCOLS, prints one line and exits 0 when all agree, else 1.
"""

import argparse
import hashlib
import json
import sys
import warnings
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from noise.connection import Keypair, NoiseConnection

warnings.filterwarnings("ignore", message="One of ephemeral keypairs")
PATTERNS = ["XX", "IK", "XXpsk3", "IKpsk2"]
PROTOCOLS = [f"Noise_{pattern}_25519_{cipher}_BLAKE2b" for pattern in PATTERNS for cipher in ("AESGCM", "ChaChaPoly")]
PAYLOADS = ["", "plasmid one", "two", "", "a longer transport message " * 40, "six", "seven"]


def fixed(name):
    """32 bytes that anyone can make again: SHA-256 of a name."""
    return hashlib.sha256(f"plasmid noise vector {name}".encode()).hexdigest()


def public(private):
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(private)).public_key().public_bytes_raw().hex()


def side(vector, prefix):
    """One end of the handshake, with the vector's keys."""
    end = NoiseConnection.from_name(vector["protocol_name"].encode())
    end.set_as_initiator() if prefix == "init" else end.set_as_responder()
    end.set_prologue(bytes.fromhex(vector[f"{prefix}_prologue"]))
    if psks := vector.get(f"{prefix}_psks"):
        end.set_psks(psks=[bytes.fromhex(psk) for psk in psks])
    kinds = {"static": Keypair.STATIC, "ephemeral": Keypair.EPHEMERAL}
    for name, kind in kinds.items():
        if key := vector.get(f"{prefix}_{name}"):
            end.set_keypair_from_private_bytes(kind, bytes.fromhex(key))
    if key := vector.get(f"{prefix}_remote_static"):
        end.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, bytes.fromhex(key))
    end.start_handshake()
    return end


def replay(vector, payloads):
    """Runs both ends over the payloads; answers (handshake hash, ciphertexts)."""
    ends = [side(vector, "init"), side(vector, "resp")]
    found, digest = [], None
    for turn, payload in enumerate(payloads):
        sender, receiver = ends[turn % 2], ends[1 - turn % 2]
        if sender.handshake_finished:
            message = bytes(sender.encrypt(payload))
            opened = receiver.decrypt(message)
        else:
            message = bytes(sender.write_message(payload))
            opened = receiver.read_message(message)
        if bytes(opened) != payload:
            raise ValueError(f"message {turn + 1} opened to other bytes")
        if digest is None and sender.handshake_finished and receiver.handshake_finished:
            digest = bytes(sender.get_handshake_hash()).hex()
        found.append(message.hex())
    return digest, found


def make(protocol):
    pattern = protocol.split("_")[1]
    vector = {"protocol_name": protocol}
    for prefix in ("init", "resp"):
        vector[f"{prefix}_prologue"] = b"plasmid prologue".hex()
        if "psk" in pattern:
            vector[f"{prefix}_psks"] = [fixed("psk")]
        vector[f"{prefix}_static"] = fixed(f"{prefix} static")
        vector[f"{prefix}_ephemeral"] = fixed(f"{prefix} ephemeral")
        if prefix == "init" and pattern.startswith("IK"):
            vector["init_remote_static"] = public(fixed("resp static"))
    payloads = [text.encode() for text in PAYLOADS]
    vector["handshake_hash"], found = replay(vector, payloads)
    vector["messages"] = [{"payload": payload.hex(), "ciphertext": ciphertext}
                          for payload, ciphertext in zip(payloads, found)]
    return vector


def check(vectors):
    """Answers (verdict, sentence)."""
    ours = [vector for vector in vectors if vector["protocol_name"] in PROTOCOLS]
    for vector in ours:
        name, messages = vector["protocol_name"], vector["messages"]
        digest, found = replay(vector, [bytes.fromhex(message["payload"]) for message in messages])
        if vector.get("handshake_hash", digest) != digest:
            return False, f"{name}: another handshake hash"
        for turn, message in enumerate(messages):
            if found[turn] != message["ciphertext"]:
                return False, f"{name}: message {turn + 1} differs"
    return bool(ours), f"{len(ours)} vectors"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--generate", action="store_true", help="print the vectors as JSON")
    options.add_argument("file", nargs="?", type=Path, help="vectors to check (default: stdin)")
    chosen = options.parse_args()
    if chosen.generate:
        print(json.dumps({"vectors": [make(protocol) for protocol in PROTOCOLS]}, indent=1))
        return 0
    text = chosen.file.read_text() if chosen.file else sys.stdin.read()
    good, sentence = check(json.loads(text)["vectors"])
    print(f"noiseprotocol {'agrees' if good else 'DISAGREES'}: {sentence}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
