#!/usr/bin/env python3
"""Makes and judges the bootstrap lists of docs/formats/bootstrap.md, with PyNaCl for signatures.

    bootstrap.py --generate     writes Tests/Vectors/bootstrap.json
    bootstrap.py --check        checks Tests/Vectors/bootstrap.json again
"""

import base64
import hashlib
import json
from pathlib import Path

from nacl.signing import SigningKey, VerifyKey

import vector_file

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "bootstrap.json"
TYPE = "application/vnd.plasmid.bootstrap+json"
NETWORK = hashlib.blake2b(b"plasmid-network-v1" + b"plasmid", digest_size=32).hexdigest()
SIGNER = SigningKey(hashlib.sha256(b"bootstrap signer").digest())
STRANGER = SigningKey(hashlib.sha256(b"bootstrap stranger").digest())


def base32(raw):
    return base64.b32encode(raw).decode().rstrip("=").lower()


def canonical(value):
    """RFC 8785 for values without floats: members in order, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key(number):
    return base32(bytes(SigningKey(hashlib.sha256(b"node %d" % number).digest()).verify_key))


def listing(**changes):
    value = {
        "bootstrap": 1, "network": NETWORK, "publisher": base32(bytes(SIGNER.verify_key)),
        "sequence": 3, "issued": 1790000000, "expires": 1795000000,
        "entries": [
            {"key": key(0), "endpoints": [{"address": "cb007107", "port": 4747}]},
            {"key": key(1), "endpoints": [
                {"address": "c6336409", "port": 4747},
                {"address": "20010db9" + "00" * 11 + "07", "port": 65535}]},
        ],
    }
    value.update(changes)
    return value


def signed(payload, signer):
    pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    signature = signer.sign(pae).signature
    # Whoever reads it checks it in the same way.
    VerifyKey(bytes(signer.verify_key)).verify(pae, signature)
    return canonical({
        "payload": base64.b64encode(payload).decode(), "payloadType": TYPE,
        "signatures": [{"keyid": base32(bytes(signer.verify_key)),
                        "sig": base64.b64encode(signature).decode()}]})


def case(name, verdict, value, signer=SIGNER, payload=None):
    payload = canonical(value) if payload is None else payload
    return {"name": name, "verdict": verdict, "envelope": signed(payload, signer).decode()}


def twice():
    entry = listing()["entries"][0]
    return listing(entries=[entry, entry])


def at(address, port=4747):
    return listing(entries=[{"key": key(0), "endpoints": [{"address": address, "port": port}]}])


def vectors():
    plain = listing()
    return {"network": NETWORK, "publisher": plain["publisher"], "now": 1790000100, "lists": [
        case("good", "good", plain),
        case("another's signature", "malformed", plain, signer=STRANGER),
        case("not canonical", "malformed", plain, payload=canonical(plain) + b" "),
        case("no node", "malformed", listing(entries=[])),
        case("a node twice", "malformed", twice()),
        case("a node nowhere", "malformed",
             listing(entries=[{"key": key(0), "endpoints": []}])),
        case("a metadata service", "malformed", at("a9fea9fe")),
        case("port 0", "malformed", at("cb007107", 0)),
        case("an address of five bytes", "malformed", at("cb00710701")),
        case("an unknown member", "malformed", listing(colour="red")),
        case("too long a life", "malformed", listing(expires=1790000000 + 397 * 86400)),
        case("a later version", "malformed", listing(bootstrap=2)),
        case("over", "expired", listing(issued=1780000000, expires=1790000100)),
        case("not yet", "notYet", listing(issued=1790001001)),
        case("another network", "otherNetwork", listing(network="00" * 32)),
        case("an older one", "older", listing(sequence=1)),
    ]}


if __name__ == "__main__":
    vector_file.run(__doc__, VECTORS, vectors(), f"{len(vectors()['lists'])} lists agree")
