"""The fields of every record type, read and written as docs/formats/records.md says."""

from wire import Reader, Refused, counted, plain, read_endpoints, shown, varint, write_endpoints

TYPES = {1: "node", 2: "layer", 3: "mirror", 4: "holdings", 5: "tombstone", 6: "delegation", 7: "keyRevocation",
         8: "endorsement"}
NUMBERS = {name: number for number, name in TYPES.items()}
CRITICAL = {"node": [1, 3], "layer": [1, 3, 7, 9, 11, 13, 15], "mirror": [1, 3, 5, 7, 9, 11, 13, 15],
            "holdings": [1, 3, 5], "tombstone": [1, 3, 5], "delegation": [1, 3, 5], "keyRevocation": [1],
            "endorsement": [1, 3, 5, 7]}
LAYERS_MAX = 520


class Fields:
    """The fields of one record while they are read."""

    def __init__(self, fields):
        self.fields = fields

    def optional(self, tag, read, default=None):
        if tag not in self.fields:
            return default
        reader = Reader(self.fields[tag])
        value = read(reader)
        reader.finish()
        return value

    def required(self, tag, name, read):
        if tag not in self.fields:
            raise Refused("invalid", f"{name} is missing")
        return self.optional(tag, read)

    def text(self, tag, limit, name, needed=False):
        if tag not in self.fields:
            if needed:
                raise Refused("invalid", f"{name} is missing")
            return None
        data = self.fields[tag]
        if len(data) > limit:
            raise Refused("tooLarge", name)
        if not data:
            raise Refused("invalid", name)
        return plain(data, name)


def digest(reader):
    return reader.take(32).hex()


def number(reader):
    return reader.varint()


# --- the set of Holdings -----------------------------------------------------

def golomb(values):
    """(count, bytes) of a set of 64-bit values."""
    count = len(values)
    places = sorted(value * (count << 10) >> 64 for value in values)
    bits, last = "", 0
    for place in places:
        step, last = place - last, place
        bits += "1" * (step >> 10) + "0" + format(step & 1023, "010b")
    bits += "0" * (-len(bits) % 8)
    return count, bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))


def golomb_values(count, data):
    """The places of a coded set; refused unless the bytes hold exactly `count`."""
    bits, at, last, places = "".join(format(byte, "08b") for byte in data), 0, 0, []
    for _ in range(count):
        end = bits.find("0", at)
        rest = bits[end + 1:end + 11]
        if end < 0 or len(rest) < 10:
            raise Refused("invalid", "set")
        last += (end - at << 10) + int(rest, 2)
        if last >= count << 10:
            raise Refused("invalid", "set")
        places.append(last)
        at = end + 11
    if len(bits) - at >= 8 or "1" in bits[at:]:
        raise Refused("invalid", "set")
    return places


# --- reading -----------------------------------------------------------------

def read_node(fields):
    def sealing(reader):
        return {"key": digest(reader), "notAfter": str(reader.number(8))}
    def relays(reader):
        return [{"key": digest(reader), "endpoints": [shown(one) for one in read_endpoints(reader, 4)]}
                for _ in range(reader.count(2, "peers"))]
    node = {
        "endpoints": [shown(one) for one in fields.required(3, "endpoints", read_endpoints)],
        "services": fields.optional(4, number, 0), "label": fields.text(6, 32, "label"),
        "region": fields.text(8, 16, "region"), "software": fields.text(10, 32, "software"),
        "sealing": fields.optional(12, sealing),
    }
    reach = {"reach": fields.optional(14, number), "relays": fields.optional(16, relays)}
    node.update({name: value for name, value in reach.items() if value is not None})
    return node


def read_tags(reader):
    tags = [reader.text(24, "tag") for _ in range(reader.count(8, "tags"))]
    if any(left.encode() >= right.encode() for left, right in zip(tags, tags[1:])):
        raise Refused("notCanonical", "tags out of order")
    return tags


def read_parents(reader):
    return [digest(reader) for _ in range(reader.count(4, "parents"))]


def read_layer(fields):
    content = {"layer": fields.required(3, "layer", digest),
               "manifestSize": fields.required(7, "manifest size", number)}
    if not 0 < content["manifestSize"] <= 16 << 20:
        raise Refused("tooLarge", "manifest size")
    for tag, name, limit in ((9, "type", 32), (11, "name", 64), (13, "version", 32), (15, "licence", 128)):
        content[name] = fields.text(tag, limit, name, needed=True)
    content |= {
        "weights": fields.optional(16, digest), "baseWeights": fields.optional(18, digest),
        "label": fields.text(20, 32, "label"), "size": fields.optional(22, number, 0),
        "files": fields.optional(24, number, 0), "rank": fields.optional(26, number),
        "tags": fields.optional(28, read_tags, []), "parents": fields.optional(30, read_parents, []),
        "language": fields.text(32, 16, "language"), "summary": fields.text(34, 96, "summary"),
    }
    direct = fields.optional(36, number)
    if direct not in (None, 1):
        raise Refused("invalid", "distribution")
    content["isPeerToPeer"] = direct is None
    for name in ("name", "version", "type", "label"):
        if content[name] is not None and not is_name(content[name]):
            raise Refused("invalid", f"{name}: what could be read as another reference")
    return content


def is_name(text):
    """ASCII letters, digits and + - . _, not beginning with a dot."""
    return not text.startswith(".") and all(c.isascii() and (c.isalnum() or c in "+-._") for c in text)


def read_mirror(fields):
    publisher = fields.required(5, "publisher", digest)
    content = read_layer(fields)
    if content["summary"] is not None:
        raise Refused("invalid", "a mirror has no summary")
    return {**content, "publisher": publisher}


def read_holdings(fields):
    bits, prefix = fields.required(3, "prefix", lambda reader: (reader.number(1), reader.number(2)))
    if bits > 16 or prefix >= 1 << bits:
        raise Refused("invalid", "prefix")

    def coded(reader):
        count = reader.count(LAYERS_MAX, "layers")
        data = reader.rest()
        golomb_values(count, data)
        return {"count": count, "bytes": data.hex()}
    return {"prefixBits": bits, "prefix": prefix, "set": fields.required(5, "set", coded)}


def read_tombstone(fields):
    ended = TYPES.get(fields.required(3, "type", lambda reader: reader.number(1)))
    if ended in (None, "tombstone", "keyRevocation"):
        raise Refused("invalid", "ended type")
    return {"endedType": ended, "slot": fields.required(5, "slot", lambda reader: reader.take(16).hex()),
            "reason": fields.text(6, 96, "reason"), "withdrawal": withdrawal(fields, ended)}


def withdrawal(fields, ended):
    flag = fields.optional(8, number)
    if flag is not None and (flag != 1 or ended != "layer"):
        raise Refused("invalid", "withdrawal")
    return True if flag else None


def read_delegation(fields):
    return {"key": fields.required(3, "key", digest), "rights": fields.required(5, "rights", number),
            "label": fields.text(6, 32, "label")}


def read_revocation(fields):
    return {"successor": fields.optional(4, digest), "reason": fields.text(6, 96, "reason")}


def read_endorsement(fields):
    mirror = fields.required(3, "mirror", digest)
    counts = fields.required(5, "counts", lambda reader: [reader.varint() for _ in range(3)])
    if counts[1] + counts[2] > counts[0]:
        raise Refused("invalid", "counts")
    return {"mirror": mirror, **dict(zip(("challenged", "passed", "failed"), counts)),
            "receipts": fields.required(7, "receipts", digest)}


READERS = {"node": read_node, "layer": read_layer, "mirror": read_mirror, "holdings": read_holdings,
           "tombstone": read_tombstone, "delegation": read_delegation, "keyRevocation": read_revocation,
           "endorsement": read_endorsement}


def read_content(kind, fields):
    for tag in fields:
        if tag % 2 and tag not in CRITICAL[kind]:
            raise Refused("unsupported", f"field {tag}")
    return READERS[kind](Fields(fields))


# --- writing -----------------------------------------------------------------

def text(value):
    return value.encode() if value else None


def raw(value):
    return bytes.fromhex(value) if value else None


def count(value):
    return None if value is None else varint(value)


def layer_fields(content):
    get = content.get
    tags, parents = get("tags") or [], get("parents") or []
    return {
        3: raw(content["layer"]), 5: raw(get("publisher")), 7: varint(content["manifestSize"]),
        9: text(content["type"]), 11: text(content["name"]), 13: text(content["version"]),
        15: text(content["licence"]), 16: raw(get("weights")), 18: raw(get("baseWeights")), 20: text(get("label")),
        22: varint(get("size", 0)), 24: varint(get("files", 0)), 26: count(get("rank")),
        28: varint(len(tags)) + b"".join(counted(tag.encode()) for tag in tags) if tags else None,
        30: varint(len(parents)) + b"".join(map(bytes.fromhex, parents)) if parents else None,
        32: text(get("language")), 34: text(get("summary")),
        36: None if get("isPeerToPeer", True) else varint(1),
    }


def content_fields(kind, content):
    """Tag to bytes of a content in the words that reading gives; endpoints as (bytes, port)."""
    get = content.get
    if kind in ("layer", "mirror"):
        return layer_fields(content)
    if kind == "node":
        sealing = get("sealing")
        return {3: write_endpoints(content["endpoints"]), 4: varint(get("services", 0)), 6: text(get("label")),
                8: text(get("region")), 10: text(get("software")),
                12: raw(sealing["key"]) + int(sealing["notAfter"]).to_bytes(8, "big") if sealing else None}
    if kind == "holdings":
        amount, data = golomb(content["values"])
        return {3: bytes([content["prefixBits"]]) + content["prefix"].to_bytes(2, "big"), 5: varint(amount) + data}
    if kind == "tombstone":
        return {3: bytes([NUMBERS[content["endedType"]]]), 5: raw(content["slot"]), 6: text(get("reason")),
                8: varint(1) if content.get("withdrawal") else None}
    if kind == "delegation":
        return {3: raw(content["key"]), 5: varint(content["rights"]), 6: text(get("label"))}
    if kind == "keyRevocation":
        return {4: raw(get("successor")), 6: text(get("reason"))}
    counts = b"".join(varint(content[name]) for name in ("challenged", "passed", "failed"))
    return {3: raw(content["mirror"]), 5: counts, 7: raw(content["receipts"])}
