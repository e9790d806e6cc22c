#!/usr/bin/env python3
"""What a hostile peer tries on a real node: each attempt is one that a node could lose.

    hostile.py BINARY [--only NAME]

Starts a fresh node of that program for every attempt, in a home of its own on loopback, and plays the
other side with `noiseprotocol` and PyNaCl. Prints one line of JSON with true for every attempt that the
node withstood; exits 0 when it withstood all.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import blake3

import channel
import channel_link
import channel_node
import record_vectors
import ticket
from channel_link import Identity, answer, dial, read_frame, write_frame
from wire import NETWORK, Refused, address, blake2b, counted, from_base32, varint

FLOOD = 20_000


class Target:
    """A running node."""

    def __init__(self, binary):
        self.binary, self.network = binary, NETWORK
        self.home = tempfile.TemporaryDirectory()
        self.environment = {**os.environ, "PLASMID_HOME": f"{self.home.name}/home"}
        command = [binary, "run", "--listen", "0.0.0.0:0", "--no-lan", "--http", "off", "--json"]
        self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        while (ready := json.loads(self.process.stdout.readline())).get("event") != "ready":
            pass
        self.place = "127.0.0.1", address(ready["peer"])[1]
        self.key = from_base32(ready["node"])

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.home.cleanup()

    def command(self, *words):
        return subprocess.run([self.binary, *words, "--json"], env=self.environment, capture_output=True, text=True)

    def client(self, identity=None, known=None):
        client = channel.Client(dial(*self.place, identity or Identity(self.network), self.key, known=known))
        client.introduce()
        client.ping(1)
        return client

    def lives(self):
        try:
            self.client().channel.link.close()
            return True
        except (OSError, Refused):
            return False

    def has(self, identifier):
        """Whether the node lists a record of that id."""
        client = self.client()
        ids = client.list_records()
        client.channel.link.close()
        return identifier in ids


def records(client, *found):
    client.channel.send(19, varint(len(found)) + b"".join(map(counted, found)))


def fresh_layer(name, **content):
    """A Layer record of now by seed 7 about a layer id made from `name`."""
    record_vectors.NOW = channel_link.now()
    facts = {**record_vectors.PLAIN, "layer": blake3.blake3(name.encode() + bytes(str(time.time_ns()), "ascii")).hexdigest(),
             "name": name, **content}
    return record_vectors.make("layer", facts, 3_600_000, sequence=channel_link.now())


def false_signature_first(target):
    """The true record must come in although a false one of the same id came first."""
    data = fresh_layer("first-false")
    client = target.client()
    records(client, data[:-1] + bytes([data[-1] ^ 1]))
    client.ping(2)
    time.sleep(0.5)
    records(client, data)
    client.ping(3)
    time.sleep(1)
    return target.has(blake2b(b"plasmid-record-v1" + data[:-64]))


def replayed_hello(target):
    """A replayed IK hello must not end the session of the node it imitates."""
    identity = Identity(target.network)
    first = target.client(identity)
    known = first.channel.transport, first.channel.suite
    first.channel.link.close()
    seen = []
    original = channel_link.write_frame

    def listening(link, data):
        seen.append(data)
        original(link, data)
    channel_link.write_frame = listening
    try:
        genuine = target.client(identity, known)
    finally:
        channel_link.write_frame = original
    with socket.create_connection(target.place, timeout=10) as thief:
        write_frame(thief, seen[0])
        read_frame(thief)
        time.sleep(1)
        try:
            genuine.ping(9)
            return True
        except (OSError, Refused):
            return False


def endless_hellos(target):
    """A connection must not get one handshake after the other."""
    hello = b"PLSM\x01\x01\x01\x02" + target.network + bytes(200)
    with socket.create_connection(target.place, timeout=10) as link:
        for attempt in range(50):
            try:
                write_frame(link, hello)
                read_frame(link)
            except (OSError, Refused):
                return attempt < 10
    return False


def flood_of_questions(target):
    """Many cheap questions of one peer must not keep the others waiting."""
    for start in range(0, 1200, 60):
        client = target.client()
        records(client, *(fresh_layer(f"flood-{start}-{i}") for i in range(60)))
        client.ping(1)
        client.channel.link.close()
    client = target.client()
    client.channel.link.settimeout(3)
    try:
        for _ in range(FLOOD):
            client.channel.send(16)
    except OSError:
        pass
    client.channel.link.close()
    start = time.monotonic()
    try:
        target.client().list_records()
    except (OSError, Refused):
        return False
    return time.monotonic() - start < 5


def stray_bytes(target):
    """Frames that are short, empty, long or of unknown kind end the session, never the node."""
    for body, kind in ((b"", 0), (b"\x63", 0), (b"\x02", 0), (b"x", 7), (b"x" * 65_000, 1),
                       (b"\x27" + varint(1) + varint(2**63), 0), (b"\x28" + varint(1) + b"\x02" + varint(2**64 - 1), 0)):
        client = target.client()
        client.channel.seal(body, kind)
        client.channel.link.close()
    for raw in (b"\x00\x00", b"\xff\xff" + bytes(100), b"GET / HTTP/1.1\r\n\r\n"):
        with socket.create_connection(target.place, timeout=10) as link:
            link.sendall(raw)
    time.sleep(0.5)
    return target.lives()


def outer_address():
    """An address of this machine that is not loopback; None if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return None
        host = probe.getsockname()[0]
    return None if host.startswith("127.") else host


def inner_address(target, endpoint, as_holder):
    """Whether the node dials an address of its own machine that a Node record from outside names."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(6)
        record_vectors.NOW = channel_link.now()
        place = address(endpoint % trap.getsockname()[1])
        node = record_vectors.make("node", {"endpoints": [place], "services": 3}, 3_600_000)
        layer = fresh_layer("bait")
        target.place = outer_address(), target.place[1]
        client = target.client()
        records(client, node, layer)
        client.ping(5)
        time.sleep(1)
        if as_holder:
            name = layer[75 + 3:75 + 35].hex()
            subprocess.Popen([target.binary, "fetch", name], env=target.environment, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        try:
            trap.accept()
            return True
        except TimeoutError:
            return False


def inner_address_by_gossip(target):
    return outer_address() is None or not inner_address(target, "127.0.0.1:%d", False)


def mapped_address_by_gossip(target):
    return outer_address() is None or not inner_address(target, "[::ffff:127.0.0.1]:%d", False)


def inner_address_of_a_holder(target):
    return outer_address() is None or not inner_address(target, "127.0.0.1:%d", True)


# --- where the node dials us -------------------------------------------------

class Lure(channel_node.Node):
    """A node that the target joins; `meet` is called with every connection."""

    def __init__(self, target, meet):
        record_vectors.NOW = channel_link.now() - 1000
        super().__init__(NETWORK)
        self.meet = meet
        threading.Thread(target=self.run, daemon=True).start()
        target.command("join", ticket.encode(self.key, [address(f"127.0.0.1:{self.port}")]))

    def document(self):
        return {**super().document(), "extensions": {}}

    def made(self):
        content = {**record_vectors.PLAIN, "layer": self.layer.hex(), "manifestSize": len(self.manifest)}
        yield record_vectors.make("layer", content, 3_600_000)

    def run(self):
        while True:
            link, _ = self.listener.accept()
            link.settimeout(20)
            threading.Thread(target=self.guarded, args=(link,), daemon=True).start()

    def guarded(self, link):
        try:
            self.meet(self, link)
        except (OSError, Refused, ValueError):
            link.close()


def forgotten_key(target):
    """A node that remembers an old transport key of ours must come back by XX when told so."""
    patterns = []

    def meet(lure, link):
        hello = read_frame(link)
        patterns.append(hello[7])
        if hello[7] == 2:
            write_frame(link, b"PLSM\x04\x01\x01")
            patterns.append(read_frame(link)[7])
            return
        answer(link, lure.identity, hello=hello)
        time.sleep(0.5)
        link.close()
    Lure(target, meet)
    time.sleep(6)
    return patterns[:3] == [1, 2, 1]


def overflowing_retry(target):
    """A `reject` that asks to come back in 2^64 - 1 ms must not stop the node."""
    asked = threading.Event()

    class Session:
        def __init__(self, lure, link):
            reply = lure.take

            def take(found, kind, reader):
                if kind != 38:
                    return reply(found, kind, reader)
                found.send(40, varint(reader.varint()) + b"\x02" + varint(2**64 - 1))
                asked.set()
            lure.take = take
            lure.serve(answer(link, lure.identity))
    lure = Lure(target, Session)
    time.sleep(2)
    fetch = subprocess.Popen([target.binary, "fetch", lure.layer.hex()], env=target.environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = asked.wait(15)
    time.sleep(1)
    fetch.kill()
    fetch.wait()
    return found and target.lives()


ATTEMPTS = [stray_bytes, false_signature_first, replayed_hello, endless_hellos, flood_of_questions, inner_address_by_gossip,
            mapped_address_by_gossip, inner_address_of_a_holder, forgotten_key, overflowing_retry]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("binary", metavar="BINARY")
    options.add_argument("--only", metavar="NAME")
    chosen = options.parse_args()
    result = {}
    for attempt in ATTEMPTS:
        if chosen.only not in (None, attempt.__name__):
            continue
        target = Target(str(Path(chosen.binary).resolve()))
        try:
            result[attempt.__name__] = attempt(target)
        except (OSError, Refused) as error:
            result[attempt.__name__] = f"{type(error).__name__}: {error}"
        finally:
            target.stop()
    print(json.dumps(result))
    return 0 if all(value is True for value in result.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
