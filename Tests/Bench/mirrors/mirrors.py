#!/usr/bin/env python3
"""Five real nodes in networks of their own: holders are killed, the number of copies heals.

    mirrors.py --binary PLASMID [--patience 10] [--megabytes 16] [--keep]

A publisher and four mirrors, each in a network namespace with an address of another network. The
mirrors follow the publisher, who wants three copies; once there are three, both mirrors that hold
one are killed (SIGKILL), and the two others must take their places. All who hold it show it with
460 steps, before and after. The receipts of these challenges are read out of every home, also of
the dead, and each is checked by docs/formats/challenges.md with PyNaCl: both signatures, and the
chain computed anew from the file. Forgeries are planted and must be found out.

Needs the right to make namespaces (root), iproute2 and the Python of bootstrap/judges. Prints one
line for each step and, last, one line of JSON. Ends only processes that it started.
"""

import argparse
import base64
import json
import os
import shutil
import struct
import sys
import tempfile
import time
from pathlib import Path

import nacl.signing

sys.dont_write_bytecode = True
TESTS = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TESTS / folder) for folder in ("Bench/nat", "Bench/crowd", "Judges")]
import receipts  # noqa: E402
from challenges import chain  # noqa: E402
from crowd import stop  # noqa: E402
from nat import Internet, Machine, share, wait_for  # noqa: E402

# Each of another network, so that no two mirrors share a place.
ADDRESSES = {
    "publisher": "203.0.113.10", "mirror0": "198.51.100.10", "mirror1": "192.0.2.10",
    "mirror2": "80.1.0.1", "mirror3": "81.2.0.1"}
COPIES = 3
STEPS = 460
# Where they stand in a receipt: the mirror's time of arrival, and the steps of the verdict's end.
RECEIVED = 161 + 32
ELAPSED = -(64 + 1 + 4)


def row(node, layer):
    """How a node sees the copies of a layer."""
    return next((row for row in node.ask("mirror")["layers"] if row["layer"] == layer), None)


def keeps(node, layer):
    seen = row(node, layer)
    return seen is not None and seen["state"] == "kept"


def is_whole(node, layer, holders):
    """Whether a node sees as many copies as are wanted, and just these holders."""
    seen = row(node, layer)
    if seen is None or seen["living"] != COPIES or seen["missing"] != 0:
        return False
    counting = {holder["node"] for holder in seen["holders"] if holder["counts"]}
    return counting == {holder.key for holder in holders} - {node.key}


def must(condition, patience, what):
    seconds = wait_for(condition, patience)
    if seconds is None:
        sys.exit(f"missed: {what} within {patience} s")
    return seconds


def table(nodes, layer):
    print("node       network          state           copies")
    for node in nodes:
        if node.process.poll() is not None:
            state, copies = "killed", ""
        elif node.name == "publisher":
            state, copies = "publishes", row(node, layer)["living"]
        else:
            seen = row(node, layer)
            state, copies = seen["state"], seen["living"]
        print(f"{node.name:<10} {ADDRESSES[node.name]:<16} {state:<15} {copies}", flush=True)


def challenge(verifier, layer, mirrors):
    """Has these mirrors show the layer; seconds of the slowest chain."""
    answer = verifier.ask("verify", layer, "--holders", "--level", "thorough")
    shown = {holder["node"]: holder for holder in answer["holders"]}
    for mirror in mirrors:
        holder = shown.get(mirror.key)
        if holder is None or (holder["verdict"], holder["steps"]) != ("passed", STEPS):
            sys.exit(f"{mirror.name} did not show the layer to {verifier.name}: {answer}")
    return max(shown[mirror.key]["microseconds"] for mirror in mirrors) / 1e6


# Receipts

def exported(nodes):
    """The bytes of each receipt, and the names of those who keep it."""
    found = {}
    for node in nodes:
        for told in node.ask("audit", "receipts", "--last", "100")["receipts"]:
            found.setdefault(base64.b64decode(told["receipt"]), set()).add(node.name)
    return found


def check(data, original):
    """One receipt: both signatures and the chain behind them."""
    item = receipts.read(data)
    if not item["both"] or item["verdict"] != "passed" or item["steps"] != STEPS:
        sys.exit(f"a receipt is not of a challenge that was passed: {item}")
    if item["size"] == len(original) and chain(item, original)[1][-1] != item["code"]:
        sys.exit("a receipt tells of a code that is not the chain's")
    return item


def forgeries(data):
    """A receipt made better in three ways, and what finds each out."""
    faster = bytearray(data)
    struct.pack_into(">I", faster, len(data) + ELAPSED, 1)
    earlier = bytearray(data)
    struct.pack_into(">Q", earlier, RECEIVED, struct.unpack_from(">Q", data, RECEIVED)[0] - 1)
    # Both halves signed by a key that somebody made: it is not the mirror's.
    verifier = nacl.signing.SigningKey.generate()
    invented = bytearray(data)
    invented[1:33] = bytes(verifier.verify_key)
    answer = b"plasmid-challenge-answer-v1" + bytes(invented[1:148]) + bytes(invented[161:201])
    invented[201:265] = verifier.sign(answer).signature
    invented[-64:] = verifier.sign(b"plasmid-storage-receipt-v1" + bytes(invented[:-64])).signature
    mirror, asker = (receipts.base32(data[start:start + 32]) for start in (33, 1))
    return {"faster": (faster, asker), "earlier": (earlier, mirror), "invented": (invented, mirror)}


def caught(data, key):
    """Whether the check refuses a receipt because of that key's signature."""
    try:
        receipts.read(bytes(data))
    except SystemExit as refusal:
        return key in str(refusal)
    return False


def judge(nodes, original):
    """How many receipts hold; ends the program where one does not or a forgery is taken."""
    found = exported(nodes)
    for data, keepers in found.items():
        item = check(data, original)
        parties = {node.name for node in nodes if receipts.base32(bytes.fromhex(item["verifier"]))
                   == node.key or receipts.base32(bytes.fromhex(item["mirror"])) == node.key}
        if keepers != parties:
            sys.exit(f"a receipt between {parties} is kept by {keepers}")
    for name, (forged, key) in forgeries(next(iter(found))).items():
        if not caught(forged, key):
            sys.exit(f"the forged receipt ({name}) was taken")
        print(f"forged receipt ({name}): refused, no signature of {key[:8]}", flush=True)
    return len(found)


# The run

def run(options, folder, internet, nodes):
    figures = {"nodes": len(ADDRESSES), "copies": COPIES, "patienceSeconds": options.patience,
               "megabytes": options.megabytes}
    for name in ADDRESSES:
        node = Machine(os.path.abspath(options.binary), folder, len(nodes), internet, name)
        node.start([other.ticket for other in nodes])
        nodes.append(node)
        node.ask("mirror", "--patience", f"{options.patience}s")
    publisher, mirrors = nodes[0], nodes[1:]
    for mirror in mirrors:
        mirror.ask("mirror", "--follow", f"publisher:{publisher.key}")
    must(lambda: all(len(node.ask("peers")["peers"]) == len(nodes) - 1 for node in nodes), 60,
         "all know each other")
    path, layer = share(publisher, folder, "news", options.megabytes << 20,
                        "--replicas", str(COPIES))
    shared = time.monotonic()

    def holders():
        return [mirror for mirror in mirrors
                if mirror.process.poll() is None and keeps(mirror, layer)]

    must(lambda: is_whole(publisher, layer, holders()), 60, f"{COPIES} copies")
    figures["spreadSeconds"] = round(time.monotonic() - shared, 1)
    dying = holders()
    print(f"{COPIES} copies after {figures['spreadSeconds']} s", flush=True)
    table(nodes, layer)
    figures["showSeconds"] = [challenge(publisher, layer, dying)]
    must(lambda: len(exported(dying)) == len(dying), 30, "both mirrors have their receipts")

    for mirror in dying:
        mirror.process.kill()
    killed = time.monotonic()
    for mirror in dying:
        mirror.process.wait()
    left = [mirror for mirror in mirrors if mirror not in dying]
    print(f"{' and '.join(mirror.name for mirror in dying)} are killed", flush=True)
    must(lambda: all(keeps(mirror, layer) for mirror in left), 60 + 3 * options.patience,
         f"the others keep it ({len(left)} of them)")
    figures["keptSeconds"] = round(time.monotonic() - killed, 1)
    living = [publisher, *left]
    must(lambda: all(is_whole(node, layer, living) for node in living), 60,
         f"{COPIES} copies again in the eyes of all")
    figures["healSeconds"] = round(time.monotonic() - killed, 1)
    print(f"{COPIES} copies again after {figures['keptSeconds']} s, all know it after "
          f"{figures['healSeconds']} s", flush=True)
    table(nodes, layer)
    for mirror in left:
        if not mirror.ask("verify", layer)["ok"]:
            sys.exit(f"{mirror.name} has other bytes")
    figures["showSeconds"].append(challenge(publisher, layer, left))
    # Each new holder asks all others.
    for one in left:
        others = [node for node in living if node is not one]
        figures["showSeconds"].append(challenge(one, layer, others))
    pairs = len(living) * (len(living) - 1)
    must(lambda: len(exported(left)) == pairs, 30, "the mirrors have their receipts")
    figures["receipts"] = judge(nodes, path.read_bytes())
    print(f"{figures['receipts']} receipts, each signed by both, hold by PyNaCl", flush=True)
    print(json.dumps(figures), flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the program plasmid")
    parser.add_argument("--patience", type=int, default=10,
                        help="seconds for which a holder may be away; an hour unless set")
    parser.add_argument("--megabytes", type=int, default=16)
    parser.add_argument("--keep", action="store_true", help="leave the nodes' folders and logs")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mirrors-"))
    nodes = []
    internet = Internet({}, ADDRESSES)
    try:
        run(options, folder, internet, nodes)
    finally:
        stop([node for node in nodes if node.process.poll() is None])
        internet.remove()
        if options.keep:
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
