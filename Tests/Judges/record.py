#!/usr/bin/env python3
"""Decodes and verifies a record of docs/formats/records.md, with PyNaCl for the signature.

    record.py HEX            one record (or hex on stdin); prints its fields as one line of JSON
    record.py --generate     writes Tests/Vectors/records.json
    record.py --check        checks Tests/Vectors/records.json again

Exits 0 for a record whose form and signature are good, else 1 with {"error": {"reason", "detail"}}.
"""

import argparse
import json
import sys
from pathlib import Path

import nacl.exceptions
import nacl.signing

from record_fields import TYPES, read_content
from wire import DAY, MINUTE, Reader, Refused, base32, blake2b, line

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "records.json"
BYTES_MAX = 1024
FOREVER = 2**64 - 1
LIFE = {"node": DAY, "layer": 731 * DAY, "mirror": 30 * DAY, "holdings": DAY, "tombstone": 731 * DAY + 30 * MINUTE,
        "delegation": 366 * DAY, "keyRevocation": None, "endorsement": 7 * DAY}


def read_fields(reader):
    """Tag to bytes; tags rise strictly."""
    fields, last = {}, -1
    while reader.left:
        tag = reader.varint()
        if tag <= last:
            raise Refused("notCanonical", f"field {tag} after field {last}")
        last = tag
        fields[tag] = reader.counted(BYTES_MAX, "field")
    return fields


def own_slot(kind, content, given):
    """The slot that the content demands."""
    if kind in ("node", "keyRevocation"):
        return bytes(16)
    if kind in ("layer", "mirror"):
        return bytes.fromhex(content["layer"])[:16]
    if kind == "holdings":
        return bytes([content["prefixBits"]]) + content["prefix"].to_bytes(2, "big") + bytes(13)
    if kind == "tombstone":
        return bytes.fromhex(content["slot"])
    return bytes.fromhex(content["key" if kind == "delegation" else "mirror"])[:16]


def check_life(kind, issued, expires):
    if LIFE[kind] is None:
        if expires != FOREVER:
            raise Refused("invalid", "a permanent record expires")
    elif not 0 < expires - issued <= LIFE[kind]:
        raise Refused("invalid", "life")


def decode(data):
    """The fields of a record's exact bytes; its signature is not looked at."""
    if len(data) > BYTES_MAX:
        raise Refused("tooLarge", "record")
    if len(data) <= 64:
        raise Refused("truncated", "no room for a signature")
    body = data[:-64]
    reader = Reader(body)
    for what, known in (("version", (1,)), ("type", TYPES), ("flags", (0,))):
        value = reader.number(1)
        if value not in known:
            raise Refused("unsupported", f"record {what} {value}")
        if what == "type":
            kind = TYPES[value]
    record = {"type": kind, "id": blake2b(b"plasmid-record-v1" + body).hex(), "publisher": reader.take(32).hex(),
              "slot": reader.take(16).hex()}
    for name in ("sequence", "issued", "expires"):
        record[name] = str(reader.number(8))
    domain = reader.number(1)
    if domain > 1:
        raise Refused("unsupported", f"record domain {domain}")
    record["domain"] = reader.take(16).hex() if domain else None
    fields = read_fields(reader)
    record["signer"] = None
    if 1 in fields:
        signer = Reader(fields[1])
        record["signer"] = signer.take(32).hex()
        signer.finish()
    record["content"] = content = read_content(kind, fields)
    if own_slot(kind, content, record["slot"]).hex() != record["slot"]:
        raise Refused("invalid", "slot")
    check_life(kind, int(record["issued"]), int(record["expires"]))
    return record


def verify(data):
    """`decode`, then the signature of the signer or publisher, by PyNaCl."""
    record = decode(data)
    key = nacl.signing.VerifyKey(bytes.fromhex(record["signer"] or record["publisher"]))
    try:
        key.verify(b"plasmid-record-signature-v1" + bytes.fromhex(record["id"]), data[-64:])
    except nacl.exceptions.BadSignatureError:
        raise Refused("notAuthentic", "signature") from None
    return record


def check(vectors):
    """Answers (verdict, sentence) over a file of vectors."""
    from record_fields import golomb_values
    for vector in vectors["records"]:
        found = verify(bytes.fromhex(vector["hex"]))
        wanted = {name: vector[name] for name in found}
        if found != wanted:
            return False, f"{vector['name']}: {found}"
    for vector in vectors["bad"]:
        try:
            verify(bytes.fromhex(vector["hex"]))
            return False, f"{vector['name']} was accepted"
        except Refused as refused:
            if refused.reason != vector["reason"]:
                return False, f"{vector['name']}: {refused}, not {vector['reason']}"
    for vector in vectors["sets"]:
        golomb_values(vector["count"], bytes.fromhex(vector["bytes"]))
    return True, f"{len(vectors['records'])} records, {len(vectors['bad'])} bad ones, {len(vectors['sets'])} sets"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("hex", nargs="?", help="the record (default: stdin)")
    options.add_argument("--generate", action="store_true", help=f"write {VECTORS.name}")
    options.add_argument("--check", action="store_true", help=f"check {VECTORS.name}")
    chosen = options.parse_args()
    if chosen.generate:
        from record_vectors import vectors
        rows = {name: ",\n".join("  " + json.dumps(row) for row in part) for name, part in vectors().items()}
        parts = ",\n".join(f' "{name}": [\n{text}\n ]' for name, text in rows.items())
        VECTORS.write_text("{\n" + parts + "\n}\n")
    if chosen.generate or chosen.check:
        good, sentence = check(json.loads(VECTORS.read_text()))
        print(f"pynacl {'agrees' if good else 'DISAGREES'}: {sentence}")
        return 0 if good else 1
    text = chosen.hex or sys.stdin.read()
    try:
        record = verify(bytes.fromhex(text.strip()))
    except Refused as refused:
        line({"error": {"reason": refused.reason, "detail": refused.detail}})
        return 1
    names = {name: base32(bytes.fromhex(record[name])) for name in ("publisher", "signer") if record[name]}
    line({**record, "keys": names})
    return 0


if __name__ == "__main__":
    sys.exit(main())
