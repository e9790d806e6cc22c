#!/usr/bin/env python3
"""Reads a ticket of docs/formats/wire.md with hashlib and nothing of Plasmid.

    ticket.py TEXT           prints key and endpoints as one line of JSON
    ticket.py --generate     writes Tests/Vectors/tickets.json
    ticket.py --check        checks Tests/Vectors/tickets.json again

Exits 0 for a good ticket, else 1 with {"error": {"reason", "detail"}}.
"""

import argparse
import json
import sys
from pathlib import Path

from wire import (Reader, Refused, address, base32, blake2b, from_base32, key_of, line, read_endpoints, shown,
                  write_endpoints)

VECTORS = Path(__file__).resolve().parent.parent / "Vectors" / "tickets.json"


def encode(key, endpoints, version=1, more=b"", check=None, relays=None):
    if relays is not None:
        version = 2
        more = bytes([len(relays)]) + b"".join(name + write_endpoints(list_) for name, list_ in relays) + more
    body = bytes([version]) + key + write_endpoints(endpoints) + more
    return base32(body + (blake2b(body)[:4] if check is None else check))


def decode(text):
    """The (key, endpoints, relays) of a ticket's text; relays are (key, endpoints)."""
    if len(text.encode()) > 656:
        raise Refused("tooLarge", "ticket")
    data = from_base32(text)
    if len(data) <= 4:
        raise Refused("invalid", "ticket")
    body, check = data[:-4], data[-4:]
    if blake2b(body)[:4] != check:
        raise Refused("notAuthentic", "ticket check")
    reader = Reader(body)
    version = reader.number(1)
    if version not in (1, 2):
        raise Refused("unsupported", "ticket version")
    key = reader.take(32)
    endpoints = read_endpoints(reader)
    relays = []
    if version == 2:
        relays = [(reader.take(32), read_endpoints(reader, limit=4)) for _ in range(reader.count(2, "relays"))]
        if not relays:
            raise Refused("invalid", "ticket relays")
    reader.finish()
    return key, endpoints, relays


def described(text):
    key, endpoints, relays = decode(text)
    return {"key": base32(key), "endpoints": [shown(endpoint) for endpoint in endpoints],
            "relays": [{"key": base32(name), "endpoints": [shown(endpoint) for endpoint in list_]}
                       for name, list_ in relays]}


def vectors():
    key = bytes(key_of(7).verify_key)
    four, six = address("192.0.2.1:4747"), address("[2001:db8::1]:4747")
    good = {"no address": [], "one address": [four], "two kinds": [six, four],
            "least and greatest port": [(four[0], 0), (four[0], 65_535)], "as many as fit": [six] * 8}
    other = bytes(key_of(8).verify_key)
    good = {name: (list_, None) for name, list_ in good.items()} | {
        "one relay": ([four], [(other, [six])]), "a relay and no address": ([], [(other, [four])]),
        "two full relays": ([six] * 8, [(other, [six] * 4), (key, [six] * 4)])}
    text = encode(key, [four])
    cut = {"address of three bytes": bytes([1, 3, 1, 2, 3, 0, 80]), "count in a longer form": b"\x80\x00",
           "count without addresses": b"\x01", "nine addresses": write_endpoints([four] * 9)}
    bad = {
        "nothing": "", "too short": base32(b"\x01\x02\x03\x04"), "a digit less": text[:-1], "a digit more": text + "a",
        "capital letters": text.upper(), "a space": text[:20] + " " + text[20:], "padding": text + "=",
        "a digit that base32 lacks": text[:20] + "1" + text[21:],
        "one digit changed": text[:20] + ("a" if text[20] != "a" else "b") + text[21:],
        "two digits exchanged": text[:21] + text[22] + text[21] + text[23:],
        "version 3": encode(key, [four], version=3), "version 2 without relays": encode(key, [four], version=2),
        "version 2 with no relay": encode(key, [four], relays=[]),
        "three relays": encode(key, [four], relays=[(other, [four])] * 3),
        "five addresses of a relay": encode(key, [], relays=[(other, [four] * 5)]),
        "a relay cut off": encode(key, [], version=2, more=b"\x01" + other[:31]),
        "bytes behind the addresses": encode(key, [four], more=b"\x00"),
        "a key of 31 bytes": encode(key[:31], []), "657 digits": "a" * 657,
        "a wrong check": encode(key, [four], check=bytes(4)),
    }
    for name, more in cut.items():
        body = b"\x01" + key + more
        bad[name] = base32(body + blake2b(body)[:4])
    rows = []
    for name, value in bad.items():
        try:
            decode(value)
            raise ValueError(f"not bad: {name}")
        except Refused as refused:
            rows.append({"name": name, "text": value, "reason": refused.reason})
    texts = {name: encode(key, list_, relays=relays) for name, (list_, relays) in good.items()}
    return {"tickets": [{"name": name, "text": value, **described(value)} for name, value in texts.items()],
            "bad": rows}


def check(found):
    for vector in found["tickets"]:
        if described(vector["text"]) != {name: vector[name] for name in ("key", "endpoints", "relays")}:
            return False, vector["name"]
    for vector in found["bad"]:
        try:
            decode(vector["text"])
            return False, f"{vector['name']} was accepted"
        except Refused as refused:
            if refused.reason != vector["reason"]:
                return False, f"{vector['name']}: {refused}"
    return True, f"{len(found['tickets'])} tickets, {len(found['bad'])} bad ones"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("ticket", nargs="?", help="the ticket (default: stdin)")
    options.add_argument("--generate", action="store_true", help=f"write {VECTORS.name}")
    options.add_argument("--check", action="store_true", help=f"check {VECTORS.name}")
    chosen = options.parse_args()
    if chosen.generate:
        VECTORS.write_text(json.dumps(vectors(), indent=1) + "\n")
    if chosen.generate or chosen.check:
        good, sentence = check(json.loads(VECTORS.read_text()))
        print(f"hashlib {'agrees' if good else 'DISAGREES'}: {sentence}")
        return 0 if good else 1
    try:
        line(described((chosen.ticket or sys.stdin.read()).strip()))
        return 0
    except Refused as refused:
        line({"error": {"reason": refused.reason, "detail": refused.detail}})
        return 1


if __name__ == "__main__":
    sys.exit(main())
