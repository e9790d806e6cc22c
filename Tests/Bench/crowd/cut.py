#!/usr/bin/env python3
"""Real nodes in two network namespaces whose cable is pulled out: how soon both halves agree again.

    cut.py PLASMID [--nodes 50] [--seconds 120] [--layers 5]

Half of the nodes run in each of two namespaces of their own, which one pair of virtual interfaces
joins. That link is taken down; meanwhile each side shares layers; then it is set up again. Prints
how soon everybody knows all layers of the other side, and that all have as many records. Needs
the right to make namespaces (root, or an unprivileged user namespace: unshare -rn). Ends only
processes that it started.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from crowd import Node, share, stop  # noqa: E402

SIDES = [("a", "10.77.0.1"), ("b", "10.77.0.2")]


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Network:
    """Two namespaces and the cable between them."""

    def __init__(self):
        self.names = [f"plasmid-cut-{os.getpid()}-{side}" for side, _ in SIDES]
        for name in self.names:
            ip("netns", "add", name)
        ip("link", "add", "pcut-a", "netns", self.names[0], "type", "veth",
           "peer", "name", "pcut-b", "netns", self.names[1])
        for name, (side, address) in zip(self.names, SIDES):
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "address", "add", f"{address}/24", "dev", f"pcut-{side}")
            ip("-n", name, "link", "set", f"pcut-{side}", "up")

    def plug(self, is_in):
        for name, (side, _) in zip(self.names, SIDES):
            ip("-n", name, "link", "set", f"pcut-{side}", "up" if is_in else "down")

    def remove(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], check=False)


class Inhabitant(Node):
    """A node in a namespace."""

    def __init__(self, binary, folder, number, network):
        super().__init__(binary, folder, number)
        self.side = number % 2
        self.namespace = network.names[self.side]
        self.prefix = ["ip", "netns", "exec", self.namespace]

    def start(self, tickets):
        words = [*self.prefix, self.binary, "run", "--json", "--no-lan", "--http", "off",
                 "--listen", f"{SIDES[self.side][1]}:0"]
        for ticket in tickets:
            words += ["--join", ticket]
        self.process = subprocess.Popen(
            words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ticket = json.loads(self.process.stdout.readline())["ticket"]

    def names(self):
        found = self.ask("find", "--limit", "100")
        return {row["ref"].split("/")[1].split("@")[0] for row in found["results"]}

    def records(self):
        return self.ask("status")["records"]


def wait_for(nodes, condition, patience):
    """Seconds until all nodes are so; None if some never were."""
    start = time.monotonic()
    rest = list(nodes)
    while rest and time.monotonic() - start < patience:
        rest = [node for node in rest if not condition(node)]
        time.sleep(0.2)
    return None if rest else round(time.monotonic() - start, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plasmid")
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--layers", type=int, default=5)
    options = parser.parse_args()
    chance = random.Random(1)
    folder = Path(tempfile.mkdtemp(prefix="cut-"))
    network, nodes = Network(), []
    try:
        for number in range(options.nodes):
            node = Inhabitant(os.path.abspath(options.plasmid), folder, number, network)
            known = chance.sample(nodes, min(2, len(nodes)))
            node.start([other.ticket for other in known])
            nodes.append(node)
        joined = wait_for(nodes, lambda node: node.records() >= len(nodes), 120)
        print(f"{len(nodes)} nodes know each other after {joined} s", flush=True)
        network.plug(False)
        print(f"the cable is out for {options.seconds} s", flush=True)
        end = time.monotonic() + options.seconds
        names = [set(), set()]
        for side in (0, 1):
            some = [node for node in nodes if node.side == side]
            for number in range(options.layers):
                name = f"layer-{side}-{number}"
                share(chance.choice(some), folder, name)
                names[side].add(name)
        time.sleep(max(0, end - time.monotonic()))
        leaks = sum(bool(node.names() & names[1 - node.side]) for node in nodes)
        missed = sum(not names[node.side] <= node.names() for node in nodes)
        network.plug(True)
        spent = wait_for(nodes, lambda node: names[0] | names[1] <= node.names(), 300)
        time.sleep(5)
        counts = sorted({node.records() for node in nodes})
        print(f"all know all {2 * options.layers} layers {spent} s after it is in again; "
              f"records: {counts}", flush=True)
        print(json.dumps({"nodes": options.nodes, "cutSeconds": options.seconds,
                          "healedSeconds": spent, "records": counts, "leaks": leaks,
                          "missedBefore": missed}))
        if spent is None or spent > 60 or len(counts) != 1 or leaks or missed:
            sys.exit("missed: 60 s, one number of records, nothing across the cut")
    finally:
        stop(nodes)
        network.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
