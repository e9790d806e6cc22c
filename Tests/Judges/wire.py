"""What the judges of Plasmid's wire formats share: bytes, texts and names.

Written from docs/formats/wire.md, not from the Swift code. Every reader is strict: whatever has
two spellings is refused, with the word of the document for what is wrong.
"""

import hashlib
import json

MINUTE = 60_000
DAY = 86_400_000
SKEW = 15 * MINUTE
NETWORK = hashlib.blake2b(b"plasmid-network-v1plasmid", digest_size=32).digest()


class Refused(Exception):
    """Bytes that the format refuses: `reason` is one of the words of docs/formats/wire.md."""

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Reader:
    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    @property
    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if self.left < count:
            raise Refused("truncated", f"{count} bytes wanted, {self.left} left")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "big")

    def varint(self):
        value = 0
        for place in range(10):
            byte = self.number(1)
            if place == 9 and byte > 1:
                raise Refused("notCanonical", "a varint of more than 64 bits")
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                if byte == 0 and place:
                    raise Refused("notCanonical", "a varint longer than needed")
                return value
        raise Refused("notCanonical", "a varint without end")

    def count(self, limit, what):
        value = self.varint()
        if value > limit:
            raise Refused("tooLarge", what)
        return value

    def counted(self, limit, what):
        return self.take(self.count(limit, what))

    def text(self, limit, what):
        return plain(self.counted(limit, what), what)

    def rest(self):
        return self.take(self.left)

    def finish(self):
        if self.left:
            raise Refused("trailingBytes", f"{self.left} left over")


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def counted(data):
    return varint(len(data)) + data


HIDDEN = [
    (0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF),
]


def is_plain(text):
    """Whether every character may be shown as it is (docs/formats/wire.md, Plain text)."""
    return not any(any(low <= ord(one) <= high for low, high in HIDDEN) or 0xfdd0 <= ord(one) <= 0xfdef
                   or ord(one) & 0xfffe == 0xfffe for one in text)


def plain(data, what):
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Refused("invalid", f"{what}: not UTF-8") from None
    if not is_plain(text):
        raise Refused("invalid", f"{what}: a character that may not be shown")
    return text


DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


def base32(data):
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = (len(data) * 8 + 4) // 5
    return "".join(DIGITS[bits >> 5 * (count - 1 - place) & 31] for place in range(count))


def from_base32(text):
    if any(digit not in DIGITS for digit in text):
        raise Refused("invalid", "a digit that base32 lacks")
    bits = 0
    for digit in text:
        bits = bits << 5 | DIGITS.index(digit)
    spare = len(text) * 5 % 8
    if spare >= 5 or bits & ((1 << spare) - 1):
        raise Refused("invalid", "left-over base32 digits or bits")
    return (bits >> spare).to_bytes(len(text) * 5 // 8, "big")


def blake2b(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def address(text):
    """An endpoint as (bytes, port) from `1.2.3.4:5` or `[1::2]:5`."""
    import ipaddress
    host, _, port = text.rpartition(":")
    return ipaddress.ip_address(host.strip("[]")).packed, int(port)


def shown(endpoint):
    import ipaddress
    packed, port = endpoint
    host = ipaddress.ip_address(packed).compressed
    return f"[{host}]:{port}" if len(packed) == 16 else f"{host}:{port}"


def write_endpoints(endpoints):
    return varint(len(endpoints)) + b"".join(
        bytes([len(packed)]) + packed + port.to_bytes(2, "big") for packed, port in endpoints)


def read_endpoints(reader, limit=8):
    endpoints = []
    for _ in range(reader.count(limit, "addresses")):
        width = reader.number(1)
        if width not in (4, 16):
            raise Refused("invalid", "address")
        packed = reader.take(width)
        endpoints.append((packed, reader.number(2)))
    return endpoints


def key_of(seed):
    """The Ed25519 pair of 32 bytes that all are `seed`."""
    import nacl.signing
    return nacl.signing.SigningKey(bytes([seed]) * 32)


def line(value):
    print(json.dumps(value, ensure_ascii=False))
