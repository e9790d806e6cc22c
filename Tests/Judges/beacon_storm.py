#!/usr/bin/env python3
"""Floods a node with beacons and counts what comes back, standard library alone.

    beacon_storm.py TARGET NETWORK SOURCE...

For five seconds sends beacons of the network (its id in hexadecimal) to TARGET, port 4747, from port
4747 of each SOURCE in turn: each with a tag and a port of its own, each tenth broken. Prints what
was sent and what beacons came back, three seconds longer, as JSON. To be run in a network of
its own (see LocalNetwork.swift).
"""

import hashlib
import json
import os
import select
import socket
import struct
import sys
import time

PORT = 4747


def beacon(network, port):
    head = b"PLSB" + bytes([1, 0]) + struct.pack(">H", port) + os.urandom(16)
    key = bytes.fromhex(network)
    return head + hashlib.blake2b(b"plasmid-beacon-v1" + head, key=key, digest_size=16).digest()


def opened(source):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((source, PORT))
    one.setblocking(False)
    return one


def main():
    target, network, sources = sys.argv[1], sys.argv[2], sys.argv[3:]
    sockets = [opened(source) for source in sources]
    sent = {"datagrams": 0, "bytes": 0}
    received = {"datagrams": 0, "bytes": 0}
    longest = 0
    begun = time.monotonic()
    while (age := time.monotonic() - begun) < 8:
        if age < 5:
            for number, one in enumerate(sockets):
                count = sent["datagrams"]
                data = beacon(network, 1 + (count // len(sockets)) % 65_535)
                if count % 10 == 9:
                    data = data[: count % 40] if number % 2 else bytes(40)
                try:
                    one.sendto(data, (target, PORT))
                except BlockingIOError:
                    continue
                sent["datagrams"] += 1
                sent["bytes"] += len(data)
        for one in select.select(sockets, [], [], 0 if age < 5 else 0.1)[0]:
            data, source = one.recvfrom(65_535)
            if source[0] != target:
                continue
            received["datagrams"] += 1
            received["bytes"] += len(data)
            longest = max(longest, len(data))
    print(json.dumps({"sent": sent, "received": received, "longest": longest}))


if __name__ == "__main__":
    main()
