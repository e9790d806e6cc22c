#!/usr/bin/env python3
"""A second client for the channel of docs/formats/channel.md: meets a real node and judges it.

    channel.py HOST:PORT NETWORK KEY [--layer LAYER] [--rekey] [--suite chacha|aes] [--folder DIR]

NETWORK is 64 hex digits or `plasmid` for the network of that name, KEY the node's base32 key (or `any`).
Does the XX handshake with `noiseprotocol`, checks the certificate with PyNaCl, introduces itself, lists
the node's records by pages, fetches and verifies each with record.py, then meets the node again by IK.
With --layer it also fetches that layer's signatures, manifest and group values and judges them, the manifest's
first group again over two stripes, and sees others' stripes refused; with --folder it leaves manifest.json and
envelope.json there. Prints one line of JSON; exits 0 when all is well.

    channel.py --loopback    plays both sides, to check this script without a node
"""

import argparse
import sys
import threading
from pathlib import Path

import blake3

import record
from channel_link import STRIPE, SUITES, Identity, dial, now
from wire import NETWORK, Refused, base32, blake2b, counted, from_base32, line, read_endpoints, shown, varint

GROUP = 1 << 20
PAGE_IDS, BATCH = 1024, 63


class Client:
    """One session: answers what a node may ask, and asks what the judge wants to know."""

    def __init__(self, channel):
        self.channel = channel
        self.introduction = None
        self.records = {}
        self.asked_of_us = 0

    def introduce(self):
        body = varint(0) + varint(0) + varint(0) + counted(b"judge") + counted(b"judge/1")
        self.channel.send(1, body + now().to_bytes(8, "big"))

    def until(self, wanted):
        """The reader of the next message of type `wanted`; others are answered or noted."""
        while True:
            kind, reader = self.channel.receive()
            if kind is None:
                raise Refused("invalid", "payload that was not announced")
            if kind == wanted:
                return reader
            self.take(kind, reader)

    def take(self, kind, reader):
        send = self.channel.send
        if kind == 1:
            self.introduction = read_introduction(reader)
        elif kind == 2:
            send(3, reader.take(8))
        elif kind == 4:
            raise Refused("refused", f"goodbye: {reader.text(256, 'reason')}")
        elif kind == 16:
            self.asked_of_us += 1
            send(17, b"\x01" + varint(0))
        elif kind == 18:
            send(19, varint(0))
        elif kind == 19:
            self.keep(reader)
        elif kind == 32:
            send(33, reader.take(64) + b"\x00")
        elif kind == 34:
            send(35, reader.take(32))
        elif kind == 36:
            reader.take(32)
            send(37, reader.take(32) + varint(reader.varint()))
        elif kind == 38:
            send(40, varint(reader.varint()) + b"\x01" + varint(0))
        elif kind not in (3, 5, 33, 40, 41) and kind < 128:
            raise Refused("unsupported", f"message type {kind}")

    def keep(self, reader):
        for _ in range(reader.count(BATCH, "records")):
            data = reader.counted(record.BYTES_MAX, "record")
            found = record.verify(data)
            self.records[found["id"]] = found
        reader.finish()

    def ping(self, number):
        self.channel.send(2, number.to_bytes(8, "big"))
        answer = self.until(3).number(8)
        if answer != number:
            raise Refused("invalid", "pong of another ping")

    def list_records(self):
        """All ids that the node lists; their records are fetched page by page."""
        ids, last = [], b""
        while True:
            self.channel.send(16, last)
            page, is_last = read_page(self.until(17), last)
            ids += page
            for start in range(0, len(page), BATCH):
                self.fetch_records(page[start:start + BATCH])
            if is_last:
                return ids
            last = page[-1]

    def fetch_records(self, ids):
        self.channel.send(18, varint(len(ids)) + b"".join(ids))
        while not all(one.hex() in self.records for one in ids):
            before = len(self.records)
            self.keep(self.until(19))
            if len(self.records) == before:
                return

    # A layer

    def envelope(self, layer):
        self.channel.send(34, layer)
        reader = self.until(35)
        if reader.take(32) != layer:
            raise Refused("invalid", "envelope of another layer")
        data = reader.rest()
        if not data:
            raise Refused("absent", "envelope")
        return data

    def blob(self, layer, blob, size):
        """All bytes of a blob, proven whole with PyPI blake3."""
        self.channel.send(32, layer + blob)
        reader = self.until(33)
        if reader.take(64) != layer + blob:
            raise Refused("invalid", "holding of another blob")
        extent = reader.number(1)
        if extent != 1:
            raise Refused("absent", f"extent {extent}")
        self.group_pages(layer, blob, size)
        data = b"".join(self.group(layer, blob, index, size) for index in range(max(1, -(-size // GROUP))))
        if blake3.blake3(data).digest() != blob:
            raise Refused("notAuthentic", "blob")
        return data

    def group_pages(self, layer, blob, size):
        """Group values of all pages; of a blob with one group the only value is the id."""
        groups = max(1, -(-size // GROUP))
        for page in range(-(-groups // 1024)):
            self.channel.send(36, layer + blob + varint(page))
            reader = self.until(37)
            if reader.take(32) != blob or reader.varint() != page or reader.varint() != page:
                raise Refused("invalid", "page of another blob")
            values = reader.take(32 * min(1024, groups - 1024 * page))
            if groups == 1 and values != blob:
                raise Refused("notAuthentic", "group page")

    def group(self, layer, blob, index, size):
        wanted = min(GROUP, size - index * GROUP)
        self.channel.send(38, varint(index + 1) + layer + blob + varint(index) + varint(0) + varint(0))
        reader = self.until(39)
        if reader.varint() != index + 1 or reader.varint() != wanted:
            raise Refused("invalid", "announced payload")
        data = b""
        while len(data) < wanted:
            kind, more = self.channel.receive()
            if kind is None:
                data += more
            else:
                self.take(kind, more)
        if len(data) != wanted:
            raise Refused("trailingBytes", "payload")
        return data


def read_introduction(reader):
    features, endpoints, observed = reader.varint(), read_endpoints(reader), read_endpoints(reader, 1)
    found = {"features": features, "endpoints": [shown(one) for one in endpoints],
             "observed": [shown(one) for one in observed], "label": reader.text(32, "label"),
             "software": reader.text(32, "software"), "skew": reader.number(8) - now()}
    reader.finish()
    return found


def read_page(reader, after):
    flag = reader.number(1)
    if flag > 1:
        raise Refused("invalid", "page")
    ids = [reader.take(32) for _ in range(reader.count(PAGE_IDS, "ids"))]
    reader.finish()
    if any(left >= right for left, right in zip([after] + ids, ids)):
        raise Refused("notCanonical", "ids out of order")
    if not flag and not ids:
        raise Refused("invalid", "page")
    return ids, flag == 1


def meet(options):
    """What the node showed, as one object."""
    host, _, port = options.address.rpartition(":")
    network = blake2b(b"plasmid-network-v1" + options.network.encode()) if len(options.network) != 64 \
        else bytes.fromhex(options.network)
    node = None if options.key == "any" else from_base32(options.key)
    suites = {"chacha": (1,), "aes": (2,), None: (1, 2)}[options.suite]
    identity = Identity(network)
    channel = dial(host.strip("[]"), int(port), identity, node, suites)
    client = Client(channel)
    client.introduce()
    client.ping(7)
    if options.rekey:
        channel.rekey()
        client.ping(2**64 - 1)
    ids = client.list_records()
    missing = [one.hex() for one in ids if one.hex() not in client.records]
    kinds = {}
    for found in client.records.values():
        kinds[found["type"]] = kinds.get(found["type"], 0) + 1
    result = {"ok": not missing and client.introduction is not None, "node": base32(channel.peer),
              "suite": SUITES[channel.suite], "certificateEnd": channel.certificate_end,
              "introduction": client.introduction, "identifiers": len(ids), "verified": len(client.records),
              "missing": missing, "types": kinds, "layers": layers(client.records)}
    if options.layer:
        result["layer"] = fetch_layer(client, options)
        result["stripes"] = over_stripes(client, identity, (host.strip("[]"), int(port)), options)
    channel.send(250, b"a message of a later version")
    client.ping(1)
    channel.send(4, counted(b"done"))
    channel.link.close()
    again = Client(dial(host.strip("[]"), int(port), identity, channel.peer, known=(channel.transport, channel.suite)))
    again.introduce()
    again.ping(3)
    again.channel.send(4, counted(b"done"))
    again.channel.link.close()
    return {**result, "ik": True}


def layers(records):
    return [{"layer": found["content"]["layer"], "name": found["content"]["name"], "type": found["type"]}
            for found in records.values() if found["type"] in ("layer", "mirror")]


def manifest_size(client, options):
    sizes = {found["content"]["manifestSize"] for found in client.records.values()
             if found["content"].get("layer") == options.layer}
    if len(sizes) != 1:
        raise Refused("absent", f"no record, or contradicting ones, of layer {options.layer}")
    return sizes.pop()


def over_stripes(client, identity, place, options):
    """Groups over stripes shaken by XX and by IK; how many were refused to those who may have none."""
    layer, size, channel = bytes.fromhex(options.layer), manifest_size(client, options), client.channel
    wanted = client.group(layer, layer, 0, size)
    known = (channel.transport, channel.suite)
    stripes = [Client(dial(*place, identity, channel.peer, known=key, purpose=STRIPE)) for key in (None, known)]
    for number, stripe in enumerate(stripes):
        stripe.ping(number)
    if any(stripe.group(layer, layer, 0, size) != wanted for stripe in stripes):
        raise Refused("invalid", "group over a stripe")
    client.ping(11)
    refused = 0
    for who, purpose in [(Identity(identity.network), STRIPE), (identity, b"\x02"), (identity, STRIPE + STRIPE)]:
        try:
            Client(dial(*place, who, channel.peer, purpose=purpose)).ping(1)
        except (Refused, OSError):
            refused += 1
    for stripe in stripes:
        stripe.channel.send(4, counted(b"done"))
        stripe.channel.link.close()
    client.ping(12)
    if refused != 3:
        raise Refused("invalid", f"{3 - refused} stripes taken that nobody may have")
    return {"groups": len(stripes), "refused": refused}


def fetch_layer(client, options):
    import manifest
    layer = bytes.fromhex(options.layer)
    size = manifest_size(client, options)
    envelope = client.envelope(layer)
    data = client.blob(layer, layer, size)
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        (options.folder / "manifest.json").write_bytes(data)
        (options.folder / "envelope.json").write_bytes(envelope)
    return manifest.judge(data, envelope)


def loopback(options):
    """This client against a small responder of its own."""
    import channel_node
    server = channel_node.Node(NETWORK)
    threading.Thread(target=server.run, daemon=True).start()
    options.address, options.network, options.key = f"127.0.0.1:{server.port}", "plasmid", base32(server.key)
    options.layer, options.rekey = server.layer.hex(), True
    return meet(options)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("address", nargs="?", metavar="HOST:PORT")
    options.add_argument("network", nargs="?", metavar="NETWORK")
    options.add_argument("key", nargs="?", metavar="KEY")
    options.add_argument("--layer", help="also fetch this layer's documents")
    options.add_argument("--folder", type=Path, help="where to leave them")
    options.add_argument("--rekey", action="store_true", help="change our key in the middle")
    options.add_argument("--suite", choices=["chacha", "aes"], help="offer only this one")
    options.add_argument("--loopback", action="store_true", help="play both sides")
    chosen = options.parse_args()
    if not chosen.loopback and not chosen.key:
        options.error("HOST:PORT, NETWORK and KEY are needed")
    try:
        result = loopback(chosen) if chosen.loopback else meet(chosen)
    except (Refused, OSError) as error:
        reason = error.reason if isinstance(error, Refused) else "unreachable"
        line({"ok": False, "error": {"reason": reason, "detail": getattr(error, "detail", str(error))}})
        return 1
    line(result)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
