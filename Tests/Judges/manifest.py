#!/usr/bin/env python3
"""Judges a layer's manifest, its signature and its files with other people's programs.

    manifest.py FOLDER [--files DIR]     FOLDER holds manifest.json and envelope.json (DSSE, its payload
                                         whole or empty); DIR the layer's files (default: FOLDER)
    manifest.py --weights FILE...        weights id and tensor table of safetensors files

Canonical form by PyPI rfc8785, ids by blake3 and hashlib, signature by PyNaCl; the weights id is computed
again from the safetensors headers. Prints one line of JSON; exits 0 when every check passes. Files that are
not there are named under "absent" and no fault.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
import uuid
from pathlib import Path

import blake3
import nacl.exceptions
import nacl.signing
import rfc8785

from wire import Refused, counted, from_base32, is_plain, line, varint

PAYLOAD_TYPE = "application/vnd.plasmid.manifest+json"
BIGGEST = 2**53
WEIGHTS = b"plasmid-weights-v1"
TABLE = b"plasmid-tensors-v1"
BITS = {"BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
        "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64}


def once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused("invalid", "a member twice")
    return dict(pairs)


def no_float(text):
    raise Refused("invalid", f"the float {text}")


def whole(text):
    if abs(int(text)) > BIGGEST:
        raise Refused("invalid", f"the number {text}")
    return int(text)


def parse(data):
    try:
        return json.loads(data, object_pairs_hook=once, parse_float=no_float, parse_constant=no_float, parse_int=whole)
    except ValueError as error:
        raise Refused("invalid", f"not JSON: {error}") from None


def is_path(path):
    parts = path.split("/")
    return (0 < len(path.encode()) <= 512 and is_plain(path) and "\\" not in path
            and all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in parts))


def handle(layer):
    head = bytearray(layer[:16])
    head[6], head[8] = head[6] & 0x0F | 0x80, head[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(head))


# --- signature ---------------------------------------------------------------

def decoded(text):
    """Base64 in either alphabet, padded or not, as DSSE allows."""
    text = text.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def signers(data, envelope, keys):
    """Which of `keys` signed `data`; hints in the envelope are not looked at."""
    document = parse(envelope)
    if document["payloadType"] != PAYLOAD_TYPE:
        raise Refused("invalid", f"payload type {document['payloadType']}")
    if decoded(document["payload"]) not in (b"", data):
        raise Refused("invalid", "the envelope holds another document")
    kind = PAYLOAD_TYPE.encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(data), data)
    found = set()
    for entry in document["signatures"]:
        for key in keys:
            try:
                nacl.signing.VerifyKey(key).verify(signed, decoded(entry["sig"]))
                found.add(key)
            except nacl.exceptions.BadSignatureError:
                continue
    return found


# --- tensors -----------------------------------------------------------------

def tensors(path):
    """(name, dtype, shape, BLAKE3) of every tensor of a safetensors file, read by its header."""
    data = path.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = parse(data[8:8 + length])
    body, end, rows = data[8 + length:], 0, []
    header.pop("__metadata__", None)
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, stop = entry["data_offsets"]
        elements = 1
        for dimension in entry["shape"]:
            elements *= dimension
        if start != end or stop - start != elements * BITS[entry["dtype"]] // 8:
            raise Refused("invalid", f"{path.name}: {name} does not lie where it should")
        end = stop
        rows.append((name, entry["dtype"], entry["shape"], blake3.blake3(body[start:stop]).digest()))
    if end != len(body):
        raise Refused("invalid", f"{path.name}: bytes behind the last tensor")
    return rows


def encoded(row):
    name, kind, shape, digest = row
    return (counted(name.encode()) + counted(kind.encode()) + varint(len(shape))
            + b"".join(varint(dimension) for dimension in shape) + digest)


def root(nodes):
    if len(nodes) == 1:
        return nodes[0]
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return blake3.blake3(WEIGHTS + b"\x01" + root(nodes[:half]) + root(nodes[half:])).digest()


def weights(paths):
    """Weights id and tensor table of safetensors files."""
    rows = sorted((row for path in paths for row in tensors(path)), key=lambda row: row[0].encode())
    if len({row[0] for row in rows}) != len(rows):
        raise Refused("invalid", "a tensor in two files")
    table = TABLE + varint(len(rows)) + b"".join(encoded(row) for row in rows)
    if not rows:
        return blake3.blake3(WEIGHTS + b"\x02").digest(), table
    return root([blake3.blake3(WEIGHTS + b"\x00" + encoded(row)).digest() for row in rows]), table


# --- judging -----------------------------------------------------------------

def judge(data, envelope):
    """Form, ids and signature of a manifest."""
    document = parse(data)
    layer = blake3.blake3(data).digest()
    publisher = from_base32(document["publisher"])
    paths = [file["path"] for file in document["files"]]
    checks = {
        "canonical": rfc8785.dumps(document) == data,
        "version": document["manifest"] >= 1,
        "uuid": handle(layer).version == 8 and handle(layer).variant == uuid.RFC_4122,
        "signature": publisher in signers(data, envelope, {publisher}),
        "paths": all(map(is_path, paths)) and paths == sorted(set(paths), key=str.encode),
        "salt": ("salt" in document) == (document["visibility"] != "public"),
    }
    return {"ok": all(checks.values()), "layer": layer.hex(), "uuid": str(handle(layer)),
            "publisher": document["publisher"], "name": document["name"], "version": document["version"],
            "checks": checks}


def judge_files(document, folder):
    """Sizes and hashes of the files that are there, and the weights id when all its files are."""
    checks, absent = {}, []
    for file in document["files"]:
        path = folder / file["path"]
        if not path.is_file():
            absent.append(file["path"])
            continue
        data = path.read_bytes()
        checks[file["path"]] = (len(data) == file["size"] and blake3.blake3(data).hexdigest() == file["blob"]
                                and hashlib.sha256(data).hexdigest() == file["sha256"])
    facts = document.get("weights")
    if facts and not set(facts["files"]) & set(absent):
        identifier, table = weights([folder / path for path in facts["files"]])
        checks["weights id"] = identifier.hex() == facts["id"]
        checks["tensor table"] = (blake3.blake3(table).hexdigest() == facts["table"]["blob"]
                                  and len(table) == facts["table"]["size"])
    return checks, absent


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--files", type=Path, help="where the layer's files lie (default: FOLDER)")
    options.add_argument("--weights", nargs="+", type=Path, metavar="FILE", help="only compute the weights id")
    chosen = options.parse_args()
    if not chosen.folder and not chosen.weights:
        options.error("FOLDER is needed")
    try:
        if chosen.weights:
            identifier, table = weights(chosen.weights)
            line({"id": identifier.hex(), "table": {"blob": blake3.blake3(table).hexdigest(), "size": len(table)}})
            return 0
        data = (chosen.folder / "manifest.json").read_bytes()
        result = judge(data, (chosen.folder / "envelope.json").read_bytes())
        checks, absent = judge_files(parse(data), chosen.files or chosen.folder)
        result["checks"] |= checks
        result |= {"ok": result["ok"] and all(checks.values()), "absent": absent}
    except (Refused, OSError, KeyError) as error:
        reason = error.reason if isinstance(error, Refused) else "invalid"
        line({"ok": False, "error": {"reason": reason, "detail": getattr(error, "detail", repr(error))}})
        return 1
    line(result)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
