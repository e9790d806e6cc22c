"""Makes the records of Tests/Vectors/records.json: good ones, bad ones, Golomb sets."""

import hashlib

from record import FOREVER, decode, own_slot, verify
from record_fields import NUMBERS, content_fields, golomb
from wire import DAY, MINUTE, Refused, address, blake2b, counted, key_of, varint

NOW = 1_790_000_000_000  # 2026-09-21, milliseconds
PUBLISHER, HOLDER, MACHINE = 7, 8, 9


def fixed(name):
    """32 bytes that anyone can make again: SHA-256 of a name."""
    return hashlib.sha256(f"plasmid record vector {name}".encode()).hexdigest()


def public(seed):
    return bytes(key_of(seed).verify_key).hex()


def join(fields):
    return b"".join(varint(tag) + counted(data) for tag, data in fields.items() if data is not None)


def envelope(kind, slot, seed, sequence, issued, expires, domain=None, version=1, flags=0, number=None):
    """All of a body before its fields."""
    head = bytes([version, NUMBERS[kind] if number is None else number, flags]) + bytes.fromhex(public(seed)) + slot
    head += b"".join(value.to_bytes(8, "big") for value in (sequence, issued, expires))
    return head + (b"\x01" + bytes.fromhex(domain) if domain else b"\x00")


def sign(body, seed):
    identifier = blake2b(b"plasmid-record-v1" + body)
    return body + key_of(seed).sign(b"plasmid-record-signature-v1" + identifier).signature


def make(kind, content, life, seed=PUBLISHER, signer=None, change=None, slot=None, sequence=1, **rest):
    """The bytes of a record; `change` may replace fields before they are written."""
    fields = {1: bytes.fromhex(public(signer)) if signer else None, **content_fields(kind, content)}
    fields = change(fields) if change else fields
    place = own_slot(kind, content, None) if slot is None else slot
    expires = FOREVER if life is None else NOW + life
    body = envelope(kind, place, seed, sequence, NOW, expires, **rest) + join(fields)
    return sign(body, signer or seed)


LAYER = {"layer": fixed("layer"), "manifestSize": 4096, "type": "lora", "name": "field-notes", "version": "1.0.0",
         "licence": "CC-BY-SA-3.0", "weights": fixed("weights"), "baseWeights": fixed("base"), "label": "lab-a",
         "size": 698752, "files": 3, "rank": 8, "tags": ["english", "sample"], "parents": [fixed("parent")],
         "language": "en", "summary": "A small adapter"}
PLAIN = {"layer": fixed("example"), "manifestSize": 1500, "type": "lora", "name": "example", "version": "1.0.0",
         "licence": "MIT", "size": 1000, "files": 2}
LARGEST = {**LAYER, "manifestSize": 16 << 20, "type": "x-" + "t" * 30, "name": "n" * 64, "version": "1.0.0-" + "v" * 26,
           "licence": "LicenseRef-" + "l" * 117, "label": "l" * 32, "size": 1 << 53, "files": 100_000, "rank": 65_536,
           "tags": [f"{letter}" * 24 for letter in "abcdefgh"], "parents": [fixed(f"parent {i}") for i in range(4)],
           "language": "x-" + "l" * 14, "summary": "s" * 96, "isPeerToPeer": False}
NODE = {"endpoints": [address("192.0.2.1:4747"), address("[2001:db8::1]:4747")], "services": 3, "label": "lab-a",
        "region": "eu-north", "software": "plasmid/0.1.0", "sealing": {"key": fixed("sealing"), "notAfter": NOW + 30 * DAY}}
HOLDINGS = {"prefixBits": 0, "prefix": 0, "values": [int(fixed(f"held {i}")[16:32], 16) for i in range(5)]}
FULL = {"prefixBits": 3, "prefix": 5, "values": [int(fixed(f"held {i}")[16:32], 16) for i in range(520)]}
DELEGATION = {"key": public(MACHINE), "rights": 3, "label": "machine nine"}
ENDORSEMENT = {"mirror": public(HOLDER), "challenged": 300, "passed": 298, "failed": 2, "receipts": fixed("receipts")}


def tombstone(ended, slot, reason=None):
    return {"endedType": ended, "slot": slot, "reason": reason}


def good():
    """Name and bytes of every good record."""
    slot = LAYER["layer"][:32]
    return [
        ("example", make("layer", PLAIN, 365 * DAY, sequence=NOW)),
        ("layer with every field", make("layer", LAYER, 731 * DAY, sequence=2)),
        ("layer, every field as long as it may be", make("layer", LARGEST, 365 * DAY, sequence=FOREVER)),
        ("layer signed by a delegated key", make("layer", LAYER, DAY, signer=MACHINE)),
        ("layer of a restricted domain", make("layer", PLAIN, DAY, domain=fixed("domain")[:32])),
        ("layer with letters beyond ASCII", make("layer", {**PLAIN, "summary": "größe 日本語 ∑ é"}, DAY)),
        ("layer with an unknown field that may be ignored", make("layer", PLAIN, DAY, change=lambda f: {**f, 40: b"?"})),
        ("mirror", make("mirror", {**LAYER, "summary": None, "publisher": public(PUBLISHER)}, 30 * DAY, seed=HOLDER)),
        ("mirror of little", make("mirror", {**PLAIN, "publisher": public(PUBLISHER)}, 1, seed=HOLDER)),
        ("node with every field", make("node", NODE, DAY)),
        ("node that cannot be dialled", make("node", {"endpoints": []}, DAY)),
        ("node with as many addresses as it may have", make("node", {"endpoints": [
            (bytes(15) + bytes([i]), 65_535) for i in range(8)], "services": 2**64 - 1}, DAY)),
        ("holdings", make("holdings", HOLDINGS, DAY, seed=HOLDER)),
        ("holdings, as many as fit", make("holdings", FULL, DAY, seed=HOLDER)),
        ("holdings of nothing", make("holdings", {**HOLDINGS, "values": []}, DAY, seed=HOLDER)),
        ("tombstone of a layer", make("tombstone", tombstone("layer", slot, "withdrawn"), 731 * DAY + 30 * MINUTE, sequence=3)),
        ("tombstone of a node", make("tombstone", tombstone("node", "00" * 16), DAY, sequence=9)),
        ("delegation", make("delegation", DELEGATION, 366 * DAY)),
        ("delegation of no rights", make("delegation", {"key": public(HOLDER), "rights": 0}, DAY)),
        ("key revocation", make("keyRevocation", {"successor": public(MACHINE), "reason": "lost laptop"}, None)),
        ("key revocation without a word", make("keyRevocation", {}, None)),
        ("endorsement", make("endorsement", ENDORSEMENT, 7 * DAY)),
        ("endorsement of nothing yet", make("endorsement", {**ENDORSEMENT, "challenged": 0, "passed": 0, "failed": 0}, DAY)),
    ]


def text(name, value):
    """A Layer record whose field of that name holds these bytes."""
    tag = {"type": 9, "name": 11, "version": 13, "licence": 15, "summary": 34}[name]
    return make("layer", LAYER, DAY, change=lambda fields: {**fields, tag: value})


def raw_layer(edit):
    """A Layer record whose field bytes are edited after they were joined."""
    slot = bytes.fromhex(PLAIN["layer"])[:16]
    return sign(envelope("layer", slot, PUBLISHER, 1, NOW, NOW + DAY) + edit(join(content_fields("layer", PLAIN))), PUBLISHER)


def swapped():
    fields = content_fields("layer", PLAIN)
    order = [3, 9, 7, 11, 13, 15, 22, 24]
    slot = bytes.fromhex(PLAIN["layer"])[:16]
    return sign(envelope("layer", slot, PUBLISHER, 1, NOW, NOW + DAY) + join({tag: fields[tag] for tag in order}), PUBLISHER)


def forms():
    """Bad records of any type: bytes, lengths, numbers, header."""
    whole = make("layer", PLAIN, DAY)
    other = sign(whole[:-64], HOLDER)[-64:]
    return [
        ("nothing", b""), ("a signature only", bytes(64)), ("a byte short", whole[:-65] + whole[-64:]),
        ("half of it", whole[:len(whole) // 2] + whole[-64:]), ("a header only", whole[:60] + whole[-64:]),
        ("a byte too much in a field", raw_layer(lambda body: body.replace(b"\x07\x02\xdc\x0b", b"\x07\x03\xdc\x0b\x00"))),
        ("bytes behind the last field", raw_layer(lambda body: body + b"\x00")),
        ("a number in a longer form", raw_layer(lambda body: body.replace(b"\x07\x02\xdc\x0b", b"\x07\x03\xdc\x8b\x00"))),
        ("a tag in a longer form", raw_layer(lambda body: body.replace(b"\x09\x04lora", b"\x89\x00\x04lora"))),
        ("a length in a longer form", raw_layer(lambda body: body.replace(b"\x09\x04lora", b"\x09\x84\x00lora"))),
        ("a number of more than 64 bits", raw_layer(lambda body: body.replace(
            b"\x07\x02\xdc\x0b", b"\x07\x0a" + b"\xff" * 9 + b"\x02"))),
        ("fields out of order", swapped()),
        ("a field twice", raw_layer(lambda body: body.replace(b"\x09\x04lora", b"\x09\x04lora\x09\x04lora"))),
        ("a length beyond the record", raw_layer(lambda body: body + b"\x28\x40?")),
        ("more than 1,024 bytes", make("layer", LAYER, DAY, change=lambda f: {**f, 40: bytes(1000)})),
        ("a largest layer with a signer", make("layer", LARGEST, DAY, signer=MACHINE)),
        ("record version 2", make("layer", PLAIN, DAY, version=2)), ("record type 9", make("layer", PLAIN, DAY, number=9)),
        ("flags", make("layer", PLAIN, DAY, flags=1)),
        ("domain byte 2", raw_layer(lambda body: body)[:75] + b"\x02" + whole[76:]),
        ("a signer of 31 bytes", make("layer", PLAIN, DAY, change=lambda f: {**f, 1: bytes(31)})),
        ("another key's signature", whole[:-64] + other),
        ("a flipped bit in the signature", whole[:-1] + bytes([whole[-1] ^ 1])),
        ("a flipped bit in the sequence", whole[:52] + bytes([whole[52] ^ 1]) + whole[53:]),
        ("a signature by the publisher where a signer is named",
         sign(make("layer", LAYER, DAY, signer=MACHINE)[:-64], PUBLISHER)),
    ]


def meanings():
    """Bad records by what their fields say."""
    return [
        ("an unknown critical field", make("layer", PLAIN, DAY, change=lambda f: {**f, 41: b"?"})),
        ("another slot", make("layer", PLAIN, DAY, slot=bytes(16))), ("a node in another slot", make("node", NODE, DAY, slot=b"\x01" * 16)),
        ("a life of two years and a millisecond", make("layer", PLAIN, 731 * DAY + 1)),
        ("a mirror of 31 days", make("mirror", {**PLAIN, "publisher": public(PUBLISHER)}, 31 * DAY, seed=HOLDER)),
        ("a node of two days", make("node", NODE, 2 * DAY)), ("no life at all", make("layer", PLAIN, 0)),
        ("expired before it was issued", make("layer", PLAIN, -1)),
        ("a revocation that ends", make("keyRevocation", {}, DAY)),
        ("a name with a newline", text("name", b"a\nb")), ("a name with an escape sequence", text("name", b"\x1b[31mred")),
        ("a name that is written backwards", text("name", "a\u202eb".encode())),
        ("a name with a zero-width space", text("name", "a\u200bb".encode())),
        ("a summary with a C1 control character", text("summary", "a\u0085b".encode())),
        ("a name that is not UTF-8", text("name", b"\xff\xfe")), ("a surrogate in UTF-8", text("name", b"\xed\xa0\x80")),
        ("an overlong slash", text("name", b"\xc0\xaf")), ("an empty name", text("name", b"")),
        ("a name that reads as another reference", text("name", b"lab.k7x2m4qa/other")),
        ("a version that reads as another reference", text("version", b"1.0.0@2")),
        ("a name of dots", text("name", b"..")),
        ("a layer that names a publisher", make("layer", PLAIN, DAY, change=lambda f: {**f, 5: bytes(32)})),
        ("a mirror with a summary", make("mirror", {**LAYER, "publisher": public(PUBLISHER)}, DAY, seed=HOLDER,
                                         change=lambda f: {**f, 34: b"one line"})),
        ("a distribution that is neither", make("layer", PLAIN, DAY, change=lambda f: {**f, 36: b"\x02"})),
        ("a name of 65 bytes", text("name", b"n" * 65)), ("a version of 33 bytes", text("version", b"1" * 33)),
        ("a licence of 129 bytes", text("licence", b"l" * 129)),
        ("no name", make("layer", PLAIN, DAY, change=lambda f: {**f, 11: None})),
        ("a mirror without publisher", make("mirror", PLAIN, DAY, seed=HOLDER)),
        ("a manifest of no bytes", make("layer", {**PLAIN, "manifestSize": 0}, DAY)),
        ("a manifest over 16 MiB", make("layer", {**PLAIN, "manifestSize": (16 << 20) + 1}, DAY)),
        ("tags out of order", make("layer", {**PLAIN, "tags": ["b", "a"]}, DAY)),
        ("a tag twice", make("layer", {**PLAIN, "tags": ["a", "a"]}, DAY)),
        ("nine tags", make("layer", {**PLAIN, "tags": list("abcdefghi")}, DAY)),
        ("a tag of 25 bytes", make("layer", {**PLAIN, "tags": ["t" * 25]}, DAY)),
        ("five parents", make("layer", {**PLAIN, "parents": [fixed("parent")] * 5}, DAY)),
        ("nine addresses", make("node", {"endpoints": [address("192.0.2.1:1")] * 9}, DAY)),
        ("an address of five bytes", make("node", {"endpoints": [(bytes(5), 1)]}, DAY)),
        ("holdings with a prefix beyond its bits", make("holdings", {**HOLDINGS, "prefixBits": 2, "prefix": 4}, DAY)),
        ("holdings with 17 prefix bits", make("holdings", {**HOLDINGS, "prefixBits": 17}, DAY)),
        ("holdings of 521 layers", make("holdings", HOLDINGS, DAY, change=lambda f: {**f, 5: varint(521) + f[5][1:]})),
        ("a set that ends early", make("holdings", HOLDINGS, DAY, change=lambda f: {**f, 5: f[5][:-1]})),
        ("a set with a byte too much", make("holdings", HOLDINGS, DAY, change=lambda f: {**f, 5: f[5] + b"\x00"})),
        ("a set with padding that is not zero", make("holdings", {**HOLDINGS, "values": [1]}, DAY,
                                                     change=lambda f: {**f, 5: f[5][:-1] + bytes([f[5][-1] | 1])})),
        ("a set with a value beyond its range", make("holdings", HOLDINGS, DAY, change=lambda f: {**f, 5: b"\x01\xff\xff\xff"})),
        ("a tombstone of a tombstone", make("tombstone", tombstone("tombstone", "00" * 16), DAY)),
        ("a tombstone of a revocation", make("tombstone", tombstone("keyRevocation", "00" * 16), DAY)),
        ("a tombstone in another slot", make("tombstone", tombstone("layer", fixed("layer")[:32]), DAY, slot=bytes(16))),
        ("more answers than challenges", make("endorsement", {**ENDORSEMENT, "passed": 299}, DAY)),
    ]


def refusal(data):
    try:
        verify(data)
    except Refused as refused:
        return {"hex": data.hex(), "reason": refused.reason, "detail": refused.detail}
    raise ValueError(f"not bad: {data.hex()}")


def sets():
    """Golomb sets: values, their code, and values that are not in them."""
    rows = []
    for amount in (0, 1, 2, 3, 100, 520):
        values = [int(fixed(f"set {amount} {i}")[:16], 16) for i in range(amount)]
        rows.append((values, "spread"))
    rows += [([0], "least"), ([2**64 - 1], "greatest"), ([5, 5], "equal values"), ([0, 2**64 - 1], "both ends")]
    for values, name in rows:
        amount, data = golomb(values)
        places = {value * (amount << 10) >> 64 for value in values}
        candidates = [int(fixed(f"absent {i}")[:16], 16) for i in range(20)]
        absent = [value for value in candidates if value * (amount << 10) >> 64 not in places]
        yield {"name": f"{name} ({amount})", "values": [f"{value:016x}" for value in values], "count": amount,
               "bytes": data.hex(), "absent": [f"{value:016x}" for value in absent]}


def vectors():
    records = [{"name": name, "hex": data.hex(), **verify(data)} for name, data in good()]
    bad = [{"name": name, **refusal(data)} for name, data in forms() + meanings()]
    seeds = [{"seed": f"{seed:02x}" * 32, "key": public(seed)} for seed in (PUBLISHER, HOLDER, MACHINE)]
    return {"seeds": seeds, "records": records, "bad": bad, "sets": list(sets())}


if __name__ == "__main__":
    for name, data in good():
        print(len(data), name, decode(data)["id"][:8])
