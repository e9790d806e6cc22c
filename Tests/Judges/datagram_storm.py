#!/usr/bin/env python3
"""Sends a node on loopback what a stranger may send to its UDP port, as fast as it can, and counts
what comes back; standard library alone.

    datagram_storm.py PORT NETWORK SECONDS

Five kinds in turn: no form at all, the form of a session's datagram for channels that do not exist,
questions of the network (its id in hexadecimal) without a cookie and with one of nobody, questions
of another network. Prints what was sent and what came back as JSON.
"""

import hashlib
import json
import os
import socket
import sys
import time

BATCH = 64


def question(network, cookie):
    head = b"\xd2\1" + os.urandom(16) + cookie
    key = bytes.fromhex(network)
    mark = hashlib.blake2b(b"plasmid-datagram-v1" + head, key=key, digest_size=16).digest()
    return (head + mark).ljust(1200, b"\0")


def datagrams(network):
    other = hashlib.blake2b(b"elsewhere", digest_size=32).hexdigest()
    return [os.urandom(300), b"\xd1" + os.urandom(8) + bytes(8) + os.urandom(60),
            question(network, bytes(16)), question(network, os.urandom(16)),
            question(other, bytes(16)), b"\xd1" + os.urandom(8) + bytes(8) + os.urandom(1183)]


def main():
    port, network, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setblocking(False)
    one.connect(("127.0.0.1", port))
    kinds = datagrams(network)
    sent = {"datagrams": 0, "bytes": 0}
    received = {"datagrams": 0, "bytes": 0}
    longest = 0
    begun = time.monotonic()
    while (age := time.monotonic() - begun) < seconds + 1:
        for number in range(BATCH if age < seconds else 0):
            data = kinds[number % len(kinds)]
            try:
                one.send(data)
            except (BlockingIOError, ConnectionRefusedError):
                break
            sent["datagrams"] += 1
            sent["bytes"] += len(data)
        try:
            while True:
                data = one.recv(65_535)
                received["datagrams"] += 1
                received["bytes"] += len(data)
                longest = max(longest, len(data))
        except (BlockingIOError, ConnectionRefusedError):
            if age >= seconds:
                time.sleep(0.05)
    print(json.dumps({"sent": sent, "received": received, "longest": longest,
                      "seconds": seconds}))


if __name__ == "__main__":
    main()
