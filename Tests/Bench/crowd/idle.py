#!/usr/bin/env python3
"""What a node does while nothing happens: memory, and processor by threads, of nodes with large
catalogues.

    idle.py PLASMID [--rows 10000] [--nodes 4] [--rest 120] [--seconds 180]

Has `plasmid bench newcomer` fill the homes and start the nodes on loopback, stops it before an
empty one comes, lets the nodes rest and reads how long each has run since. A node keeps 900,000
records of keys that it does not know.
"""

import argparse
import os
import signal
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


def children(parent):
    with open(f"/proc/{parent}/task/{parent}/children") as file:
        return [int(word) for word in file.read().split()]


def times(process):
    """Seconds of processor time of each thread's name."""
    sums = {}
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/stat") as file:
            text = file.read()
        name = text[text.index("(") + 1 : text.rindex(")")]
        words = text[text.rindex(")") + 2 :].split()
        sums[name] = sums.get(name, 0) + (int(words[11]) + int(words[12])) / TICKS
    return sums


def memory(process):
    """Megabytes in memory now, and at most."""
    with open(f"/proc/{process}/status") as file:
        words = dict(line.split(":", 1) for line in file)
    return [int(words[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plasmid")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=4)
    parser.add_argument("--rest", type=float, default=120)
    parser.add_argument("--seconds", type=float, default=180)
    asked = parser.parse_args()
    bench = subprocess.Popen(
        [asked.plasmid, "bench", "newcomer", "--rows", str(asked.rows), "--nodes", str(asked.nodes)],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        for line in bench.stderr:
            if line.startswith("starting an empty node"):
                break
        else:
            sys.exit("the bench ended before its nodes were full: " + line)
        bench.send_signal(signal.SIGSTOP)
        nodes = children(bench.pid)[: asked.nodes]
        if len(nodes) < asked.nodes:
            sys.exit("the nodes of the bench did not start")
        time.sleep(asked.rest)
        before, begun = [times(node) for node in nodes], time.monotonic()
        time.sleep(asked.seconds)
        after, seconds = [times(node) for node in nodes], time.monotonic() - begun
        for node, old, new in zip(nodes, before, after):
            spent = {name: new[name] - old.get(name, 0) for name in new}
            parts = sorted(spent.items(), key=lambda part: -part[1])[:4]
            print(
                f"node {node}: {memory(node)[0]:.0f} MB, at most {memory(node)[1]:.0f}; "
                f"{100 * sum(spent.values()) / seconds:.2f} % of a core; "
                + ", ".join(f"{name} {100 * value / seconds:.2f}" for name, value in parts))
    finally:
        bench.send_signal(signal.SIGCONT)
        bench.wait()


main()
