#!/usr/bin/env python3
"""Judges signed envelopes (DSSE 1.0) with PyPI securesystemslib, the library under TUF and in-toto.

    dsse.py envelope FILE [--key KEY]... [--threshold N] [--payload FILE]
                          KEYs of which so many must have signed (default: the publisher, one of one);
                          the payload of a detached envelope lies in a file of its own
    dsse.py pages FOLDER  every envelope in the worked examples of docs/formats
    dsse.py home HOME     every envelope in a node's journal, manifests being blobs of the store

The library takes a signature only under a key of the same id, so this also shows that our key ids, which
decide nothing for us, serve programs that go by them. Each envelope that passes must fail once a bit of its
payload, type or signature is another, and under one key more than signed. Prints one line of JSON; exits 0
when all hold.
"""

import argparse
import base64
import copy
import json
import re
import sys
from pathlib import Path

import blake3
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from wire import from_base32

MANIFEST = "application/vnd.plasmid.manifest+json"
# Who signs, by the name that the documents give it.
SIGNERS = ("publisher", "steward")


class Bad(Exception):
    pass


def library_key(key):
    return SSlibKey(key, "ed25519", "ed25519", {"public": from_base32(key).hex()})


def accepts(document, keys, threshold):
    """Whether so many of the keys signed; the library changes what it is given."""
    envelope = Envelope.from_dict(copy.deepcopy(document))
    try:
        return len(envelope.verify([library_key(key) for key in keys], threshold)) >= threshold
    except (VerificationError, ValueError):
        return False


def flipped(text):
    data = bytearray(base64.b64decode(text)) or bytearray(1)
    data[len(data) // 2] ^= 1
    return base64.b64encode(data).decode()


def spoilt(document):
    other = copy.deepcopy(document)
    other["payload"] = flipped(other["payload"])
    yield "payload", other
    other = copy.deepcopy(document)
    other["payloadType"] += "x"
    yield "type", other
    other = copy.deepcopy(document)
    for signature in other["signatures"]:
        signature["sig"] = flipped(signature["sig"])
    yield "signature", other


def signers(document):
    payload = json.loads(base64.b64decode(document["payload"]))
    for name in SIGNERS:
        if name in payload:
            return [payload[name]]
    raise Bad("the payload names no signer; say --key")


def judge(document, keys=None, threshold=1, what="the envelope"):
    keys = keys or signers(document)
    if not accepts(document, keys, threshold):
        raise Bad(f"{what}: fewer than {threshold} of {', '.join(keys)} signed")
    for part, other in spoilt(document):
        if accepts(other, keys, threshold):
            raise Bad(f"{what}: another {part} passes too")
    hints = {signature["keyid"] for signature in document["signatures"]}
    if accepts(document, keys, len(hints & set(keys)) + 1):
        raise Bad(f"{what}: more keys count than signed")
    return document["payloadType"]


def with_payload(document, payload):
    return document | {"payload": base64.b64encode(payload).decode()}


def examples(folder):
    """Each envelope of the pages; a detached one has the payload of the one before it."""
    for page in sorted(Path(folder).glob("*.md")):
        payload = {}
        for text in re.findall(r'^\{"payload":.*\}$', page.read_text(), re.MULTILINE):
            document = json.loads(text)
            if document["payload"]:
                payload[document["payloadType"]] = document["payload"]
            yield page.name, document | {"payload": payload[document["payloadType"]]}


def entries(journal):
    for segment in sorted(journal.glob("*.log")):
        data = segment.read_bytes()
        while data:
            end = 2 + int.from_bytes(data[:2], "big")
            yield json.loads(data[2:end])
            data = data[end:]


def journaled(home):
    for entry in entries(home / "journal"):
        where = f"entry {entry['seq']}"
        if entry["kind"] == "statement":
            yield where, json.loads(entry["envelope"])
        if entry["kind"] in ("share", "fetch"):
            layer = entry["layer"]
            blob = home / "store" / "obj" / layer[:2] / layer[2:4] / layer
            # A layer may have been removed since; its entry stays.
            if not blob.exists():
                continue
            payload = blob.read_bytes()
            if blake3.blake3(payload).hexdigest() != layer:
                raise Bad(f"{where}: the manifest is not layer {layer}")
            document = {"payloadType": MANIFEST, "signatures": entry["signatures"]}
            yield where, with_payload(document, payload)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("mode", choices=["envelope", "pages", "home"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--key", action="append")
    parser.add_argument("--threshold", type=int, default=1)
    parser.add_argument("--payload", type=Path)
    options = parser.parse_args()

    found = {}
    try:
        if options.mode == "envelope":
            document = json.loads(options.path.read_bytes())
            if options.payload:
                document = with_payload(document, options.payload.read_bytes())
            found[judge(document, options.key, options.threshold)] = 1
        else:
            list_of = examples if options.mode == "pages" else journaled
            for where, document in list_of(options.path):
                kind = judge(document, what=where)
                found[kind] = found.get(kind, 0) + 1
            if not found:
                raise Bad(f"{options.path} holds no envelope")
    except (Bad, KeyError, ValueError, OSError) as error:
        print(json.dumps({"ok": False, "why": str(error)}))
        sys.exit(1)
    print(json.dumps({"ok": True, "envelopes": found}))


if __name__ == "__main__":
    main()
