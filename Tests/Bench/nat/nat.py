#!/usr/bin/env python3
"""Real nodes behind real routers: two laboratories, each behind NAT, and public relays.

    nat.py PLASMID [--kind cone|symmetric|refusing|forwarded|mixed] [--megabytes 16] [--relay on]

Each machine is a network namespace of its own: three public ones that relay, and one in each
laboratory behind a router that does masquerading (nftables). A layer shared in one laboratory is
fetched in the other and compared byte for byte; then the nodes have time to get a connection of
their own through both routers; then a relay dies by which the first is reached, which takes
another, and a node in a third laboratory fetches a layer from it. Kinds of routers:

    cone       one outside port for an inside port, lets in only what was called
    symmetric  another outside port for each connection
    refusing   a cone that answers uninvited calls with a reset instead of silence: both calls must
               cross on the way, which without any delay between these machines seldom happens
    forwarded  the owner of the first laboratory forwards port 4747
    mixed      a symmetric one and a cone

Needs the right to make namespaces (root), iproute2 and nftables. Prints one line for each step and,
last, one line of JSON. Ends only processes that it started.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "crowd"))
from crowd import Node, stop  # noqa: E402

# Addresses of different networks, each of which counts as global.
PUBLIC = ["203.0.113.10", "198.51.100.10", "192.0.2.10"]
OUTSIDE = {"a": "80.1.0.1", "b": "81.2.0.1", "c": "82.3.0.1"}
INSIDE = {"a": "192.168.1", "b": "192.168.2", "c": "192.168.3"}
KINDS = {
    "cone": {lab: "cone" for lab in "abc"},
    "symmetric": {lab: "symmetric" for lab in "abc"},
    "refusing": {lab: "refusing" for lab in "abc"},
    "forwarded": {"a": "forwarded", "b": "cone", "c": "cone"},
    "mixed": {"a": "symmetric", "b": "cone", "c": "cone"},
}


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Internet:
    """A switch that every public machine and router hangs on, and laboratories behind routers."""

    def __init__(self, kinds, machines=None):
        """`machines` are names and addresses of public ones; else the three relays."""
        self.stem = f"plasmid-nat-{os.getpid()}"
        self.names = []
        self.hub = self.namespace("hub")
        ip("-n", self.hub, "link", "add", "switch", "type", "bridge")
        ip("-n", self.hub, "link", "set", "switch", "up")
        relays = {f"public{number}": address for number, address in enumerate(PUBLIC)}
        for name, address in (machines or relays).items():
            self.attach(name, address)
        for lab, kind in kinds.items():
            self.laboratory(lab, kind)

    def namespace(self, name):
        name = f"{self.stem}-{name}"
        ip("netns", "add", name)
        self.names.append(name)
        ip("-n", name, "link", "set", "lo", "up")
        return name

    def attach(self, machine, address):
        """A machine on the switch, for which every address is on the line."""
        name = self.namespace(machine)
        port = f"port{len(self.names)}"
        ip("-n", self.hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("-n", self.hub, "link", "set", port, "master", "switch", "up")
        ip("-n", name, "address", "add", f"{address}/32", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        ip("-n", name, "route", "add", "default", "dev", "eth0")
        return name

    def laboratory(self, lab, kind):
        router = self.attach(f"router-{lab}", OUTSIDE[lab])
        machine = self.namespace(f"lab-{lab}")
        ip("-n", router, "link", "add", "lan", "type", "veth", "peer", "name", "eth0", "netns", machine)
        ip("-n", router, "address", "add", f"{INSIDE[lab]}.1/24", "dev", "lan")
        ip("-n", router, "link", "set", "lan", "up")
        ip("-n", machine, "address", "add", f"{INSIDE[lab]}.2/24", "dev", "eth0")
        ip("-n", machine, "link", "set", "eth0", "up")
        ip("-n", machine, "route", "add", "default", "via", f"{INSIDE[lab]}.1")
        enter = ["ip", "netns", "exec", router]
        subprocess.run([*enter, "sysctl", "-qw", "net.ipv4.ip_forward=1"], check=True)
        rules = router_rules(kind, f"{INSIDE[lab]}.2")
        subprocess.run([*enter, "nft", "-f", "-"], input=rules, text=True, check=True)

    def remove(self):
        for name in reversed(self.names):
            subprocess.run(["ip", "netns", "delete", name], check=False)


def router_rules(kind, machine):
    """What a router does, for nft."""
    masquerade = "masquerade fully-random" if kind == "symmetric" else "masquerade"
    uninvited = "reject with tcp reset" if kind == "refusing" else "drop"
    lines = [
        "table ip nat {",
        "  chain out { type nat hook postrouting priority 100;",
        f'    oifname "eth0" {masquerade}', "  }",
        "  chain in { type nat hook prerouting priority -100;",
        f'    iifname "eth0" tcp dport 4747 dnat to {machine}:4747' if kind == "forwarded" else "",
        "  }", "}",
        "table ip filter {",
        "  chain local { type filter hook input priority 0;",
        '    iifname "eth0" ct state established,related accept',
        f'    iifname "eth0" meta l4proto tcp {uninvited}', '    iifname "eth0" drop', "  }",
        "  chain through { type filter hook forward priority 0;",
        "    ct state established,related accept", '    iifname "lan" accept',
        "    ct status dnat accept", "    drop", "  }", "}",
    ]
    return "\n".join(lines) + "\n"


class Machine(Node):
    """A node in a namespace, on the usual port."""

    def __init__(self, binary, folder, number, internet, name):
        super().__init__(binary, folder, number)
        self.namespace = f"{internet.stem}-{name}"
        self.name = name

    def start(self, tickets, relay="off"):
        words = ["ip", "netns", "exec", self.namespace, self.binary, "run", "--json", "--no-lan",
                 "--http", "off", "--listen", "0.0.0.0:4747", "--relay", relay]
        for ticket in tickets:
            words += ["--join", ticket]
        self.errors = open(self.home.parent / f"{self.name}.log", "w")
        self.process = subprocess.Popen(
            words, env=self.environment, stdout=subprocess.PIPE, stderr=self.errors)
        ready = json.loads(self.process.stdout.readline())
        self.ticket, self.key = ready["ticket"], ready["node"]

    def reach(self):
        return self.ask("status")["reach"]

    def path_to(self, other):
        """How the session with another node runs; None where there is none."""
        for peer in self.ask("peers")["peers"]:
            if peer["node"] == other.key:
                return peer["path"]
        return None


def wait_for(condition, patience):
    """Seconds until something is so; None where it never was."""
    start = time.monotonic()
    while time.monotonic() - start < patience:
        if condition():
            return round(time.monotonic() - start, 1)
        time.sleep(0.2)
    return None


def share(node, folder, name, size, *options):
    path = folder / f"{name}.txt"
    path.write_text(random.Random(name).randbytes(size // 2).hex())
    shared = node.ask("share", str(path), "--type", "memory", "--licence", "CC0-1.0",
                      "--visibility", "public", "--name", name, *options)
    return path, shared["layer"]


def fetch(node, layer, name, original):
    """Fetches and compares; seconds and who sent it."""
    found = node.ask("find", name, "--wait", "30")["results"]
    if not found:
        sys.exit(f"{node.name} never heard of {name}")
    out = node.home / f"out-{name}"
    start = time.monotonic()
    answer = node.ask("fetch", layer, "--out", str(out))
    seconds = round(time.monotonic() - start, 2)
    sums = [hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (original, out / original.name)]
    if sums[0] != sums[1]:
        sys.exit(f"{name} came differently")
    return seconds, [source["node"] for source in answer["sources"]]


def run(options, folder, internet, nodes):
    binary = os.path.abspath(options.plasmid)
    kinds = KINDS[options.kind]
    size = options.megabytes << 20
    figures = {"kind": options.kind, "megabytes": options.megabytes}

    def start(name, tickets, relay="off"):
        node = Machine(binary, folder, len(nodes), internet, name)
        node.start(tickets, relay)
        nodes.append(node)
        return node

    relays = []
    for number in range(len(PUBLIC)):
        relays.append(start(f"public{number}", [relay.ticket for relay in relays], options.relay))
    tickets = [relay.ticket for relay in relays]
    a, b = start("lab-a", tickets), start("lab-b", tickets)
    wanted = {lab: "reachable" if kinds[lab] == "forwarded" else "hidden" for lab in kinds}

    def knows(node, lab):
        reach = node.reach()
        return reach["state"] == wanted[lab] and (lab_is_open(lab) or len(reach["relays"]) == 2)

    def lab_is_open(lab):
        return wanted[lab] == "reachable"

    for node, lab in ((a, "a"), (b, "b")):
        figures[f"{lab}KnowsSeconds"] = wait_for(lambda: knows(node, lab), 60)
        print(f"{node.name}: {node.reach()['words']} ({figures[f'{lab}KnowsSeconds']} s)", flush=True)
    original, layer = share(a, folder, "first", size)
    figures["fetchSeconds"], sources = fetch(b, layer, "first", original)
    figures["fetchPath"] = b.path_to(a)
    print(f"lab-b fetched {options.megabytes} MiB from lab-a in {figures['fetchSeconds']} s, "
          f"{figures['fetchPath']}", flush=True)
    if a.key not in sources:
        sys.exit("somebody else sent it")

    figures["punchSeconds"] = wait_for(lambda: b.path_to(a) == "punched", 20)
    print(f"punched after {figures['punchSeconds']} s; now {b.path_to(a)}", flush=True)
    original, layer = share(a, folder, "second", size)
    figures["secondSeconds"], _ = fetch(b, layer, "second", original)
    print(f"lab-b fetched as much again in {figures['secondSeconds']} s, {b.path_to(a)}", flush=True)

    if not lab_is_open("a"):
        relay_dies(figures, a, relays, start, folder, size)
    print(json.dumps(figures), flush=True)
    judge(options.kind, figures, lab_is_open("a"))


def relay_dies(figures, a, relays, start, folder, size):
    """One of two relays goes without a word: another is taken, and another node fetches over them."""
    def used():
        return {relay["node"] for relay in a.reach()["relays"]}

    dead = next(relay for relay in relays if relay.key in used())
    dead.process.kill()
    dead.process.wait()
    rest = [relay for relay in relays if relay is not dead]
    figures["replacedSeconds"] = wait_for(lambda: used() == {relay.key for relay in rest}, 90)
    print(f"lab-a has another relay after {figures['replacedSeconds']} s", flush=True)
    c = start("lab-c", [relay.ticket for relay in rest])
    original, layer = share(a, folder, "third", size)
    figures["thirdSeconds"], _ = fetch(c, layer, "third", original)
    print(f"lab-c fetched from lab-a in {figures['thirdSeconds']} s, {c.path_to(a)}", flush=True)


def judge(kind, figures, is_open):
    missed = []
    if None in (figures["aKnowsSeconds"], figures["bKnowsSeconds"]):
        missed.append("both know how they are reached within 60 s")
    if kind == "cone" and figures["punchSeconds"] is None:
        missed.append("a connection of their own within 20 s")
    if not is_open and figures.get("replacedSeconds") is None:
        missed.append("another relay within 90 s")
    if missed:
        sys.exit("missed: " + "; ".join(missed))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plasmid")
    parser.add_argument("--kind", choices=sorted(KINDS), default="cone")
    parser.add_argument("--megabytes", type=int, default=16)
    parser.add_argument("--relay", default="on", help="what relays give, as plasmid run has it")
    parser.add_argument("--keep", action="store_true", help="leave the nodes' folders and logs")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nat-"))
    internet, nodes = Internet(KINDS[options.kind]), []
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
