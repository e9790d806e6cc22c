"""A small responder for `channel.py --loopback`: some records and one layer, served over the channel."""

import base64
import socket
import threading

import blake3
import rfc8785

from channel_link import PAYLOAD, Identity, answer, now
from record_vectors import good
from wire import Refused, base32, blake2b, counted, varint, write_endpoints

HOUR = 3_600_000
PAYLOAD_TYPE = b"application/vnd.plasmid.manifest+json"


class Node:
    def __init__(self, network):
        self.identity = Identity(network, bytes([7]) * 32)
        self.key = bytes(self.identity.node.verify_key)
        self.peers = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.make_layer()
        self.records = dict(sorted((blake2b(b"plasmid-record-v1" + data[:-64]), data) for data in self.made()))

    def document(self):
        """A manifest of two groups, so that group pages and a second group are used."""
        text = b"hello"
        file = {"path": "a.txt", "blob": blake3.blake3(text).hexdigest(), "size": len(text), "sha256": "00" * 32}
        return {"manifest": 1, "publisher": base32(self.key), "type": "lora", "name": "loopback", "files": [file],
                "version": "1.0.0", "visibility": "public", "extensions": {"filling": "x" * (1 << 20)}}

    def make_layer(self):
        self.manifest = rfc8785.dumps(self.document())
        self.layer = blake3.blake3(self.manifest).digest()
        signed = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(self.manifest), self.manifest)
        signature = base64.b64encode(self.identity.node.sign(signed).signature).decode()
        self.envelope = rfc8785.dumps({"payload": "", "payloadType": PAYLOAD_TYPE.decode(),
                                       "signatures": [{"keyid": base32(self.key), "sig": signature}]})

    def made(self):
        from record_vectors import PLAIN, make
        for number in range(1100):  # more than one page of ids
            content = {**PLAIN, "layer": blake3.blake3(b"layer %d" % number).hexdigest(), "name": f"layer-{number}"}
            yield make("layer", content, HOUR, sequence=number + 1)
        content = {**PLAIN, "layer": self.layer.hex(), "name": "loopback", "manifestSize": len(self.manifest)}
        yield make("layer", content, HOUR)
        yield from (data for _, data in good())

    def run(self):
        while True:
            link, _ = self.listener.accept()
            threading.Thread(target=self.meet, args=(link,), daemon=True).start()

    def meet(self, link):
        try:
            channel = answer(link, self.identity)
            if channel and channel.purpose:
                self.serve_stripe(channel)
            elif channel:
                self.peers.append(channel.peer)
                self.serve(channel)
        except (Refused, OSError):
            pass
        link.close()

    def serve_stripe(self, channel):
        while channel.peer in self.peers:
            kind, reader = channel.receive()
            if kind == 4:
                return
            self.take(channel, kind, reader)

    def serve(self, channel):
        introduction = varint(0) + write_endpoints([]) + write_endpoints([]) + counted(b"loopback") + counted(b"test")
        channel.send(1, introduction + now().to_bytes(8, "big"))
        channel.send(16)
        channel.rekey()
        while True:
            kind, reader = channel.receive()
            if kind == 4:
                return
            self.take(channel, kind, reader)

    def take(self, channel, kind, reader):
        if kind == 2:
            channel.send(3, reader.take(8))
        elif kind == 16:
            after = reader.rest()
            ids = [one for one in self.records if one > after]
            channel.send(17, bytes([len(ids) <= 1024]) + varint(min(1024, len(ids))) + b"".join(ids[:1024]))
        elif kind == 18:
            wanted = [reader.take(32) for _ in range(reader.varint())]
            found = [self.records[one] for one in wanted if one in self.records]
            channel.send(19, varint(len(found)) + b"".join(map(counted, found)))
        elif kind == 32:
            channel.send(33, reader.take(64) + b"\x01")
        elif kind == 34:
            channel.send(35, reader.take(32) + self.envelope)
        elif kind == 36:
            reader.take(32)
            channel.send(37, reader.take(32) + varint(reader.varint()) + varint(0) + bytes(64))
        elif kind == 38:
            self.send_group(channel, reader)

    def send_group(self, channel, reader):
        request = reader.varint()
        reader.take(64)
        start = reader.varint() << 20
        data = self.manifest[start:start + (1 << 20)]
        channel.send(39, varint(request) + varint(len(data)))
        for at in range(0, len(data), 61_696):
            channel.seal(data[at:at + 61_696], PAYLOAD)
            channel.send(2, bytes(8))
