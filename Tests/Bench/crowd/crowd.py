#!/usr/bin/env python3
"""Many real nodes on loopback: how soon all hear of a layer, also after half of them were killed.

    crowd.py PLASMID [--nodes 50] [--rounds 3]

Each node is a process with a home of its own that joined two earlier ones. Prints one line for
each step and, last, one line of JSON. Ends only processes that it started.
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


class Node:
    def __init__(self, binary, folder, number):
        self.binary, self.number = binary, number
        self.home = folder / f"node-{number}"
        self.environment = dict(os.environ, PLASMID_HOME=str(self.home))
        self.process = None

    def start(self, tickets):
        words = [self.binary, "run", "--json", "--no-lan", "--http", "off",
                 "--listen", "127.0.0.1:0"]
        for ticket in tickets:
            words += ["--join", ticket]
        self.process = subprocess.Popen(
            words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ticket = json.loads(self.process.stdout.readline())["ticket"]

    def spawn(self, *words):
        return subprocess.Popen([self.binary, *words, "--json"], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ask(self, *words):
        process = self.spawn(*words)
        out, error = process.communicate(timeout=120)
        if process.returncode != 0:
            raise RuntimeError(f"node {self.number} {words}: {out}{error}")
        return json.loads(out)

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share(node, folder, name):
    """Shares a small file; gives the moment in which the command had its answer."""
    path = folder / f"{name}.txt"
    path.write_text(f"A file called {name}.\n")
    node.ask("share", str(path), "--type", "memory", "--licence", "CC0-1.0",
             "--visibility", "public", "--name", name)
    return time.monotonic()


def hear(nodes, publisher, folder, name, patience):
    """Seconds until each node finds what one of them shares; None for those that never did."""
    others = [node for node in nodes if node is not publisher]
    waiting = {node.number: node.spawn("find", name, "--wait", str(patience)) for node in others}
    time.sleep(3)
    start = share(publisher, folder, name)
    spans = {}
    end = start + patience + 10
    while waiting and time.monotonic() < end:
        for number, process in list(waiting.items()):
            if process.poll() is None:
                continue
            found = json.loads(process.stdout.read() or "{}").get("results", [])
            spans[number] = max(0.0, time.monotonic() - start) if found else None
            process.stdout.close()
            process.stderr.close()
            del waiting[number]
        time.sleep(0.01)
    for number, process in waiting.items():
        process.kill()
        process.wait()
        spans[number] = None
    return spans


def stop(nodes):
    """Ends all of them."""
    running = [node for node in nodes if node.process]
    for node in running:
        if node.process.poll() is None:
            node.process.terminate()
    for node in running:
        node.process.wait()


def tell(spans, what):
    heard = sorted(span for span in spans.values() if span is not None)
    row = {"what": what, "heard": len(heard), "of": len(spans),
           "median": round(heard[len(heard) // 2], 2) if heard else None,
           "last": round(heard[-1], 2) if heard else None}
    print(f"{what}: {row['heard']} of {row['of']} heard, half in {row['median']} s, "
          f"the last in {row['last']} s", flush=True)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plasmid")
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    chance = random.Random(1)
    folder = Path(tempfile.mkdtemp(prefix="crowd-"))
    nodes, rows = [], []
    try:
        begun = time.monotonic()
        for number in range(options.nodes):
            node = Node(os.path.abspath(options.plasmid), folder, number)
            known = chance.sample(nodes, min(2, len(nodes)))
            node.start([other.ticket for other in known])
            nodes.append(node)
        print(f"{len(nodes)} nodes run after {time.monotonic() - begun:.1f} s", flush=True)
        time.sleep(10)
        for round_ in range(options.rounds):
            publisher = chance.choice(nodes)
            rows.append(tell(hear(nodes, publisher, folder, f"news{round_}", 30), "all running"))
        before = {node.number: node.processor_seconds() for node in nodes}
        time.sleep(20)
        busy = sorted((node.processor_seconds() - before[node.number]) / 20 for node in nodes)
        print(f"at rest: {busy[len(busy) // 2] * 100:.2f} % of a core each, "
              f"at most {busy[-1] * 100:.2f} %", flush=True)
        dead = chance.sample(nodes, len(nodes) // 2)
        for node in dead:
            node.process.kill()
        for node in dead:
            node.process.wait()
        rest = [node for node in nodes if node not in dead]
        spans = hear(rest, chance.choice(rest), folder, "after", 60)
        rows.append(tell(spans, "half of them killed"))
        print(json.dumps({"nodes": options.nodes, "rows": rows,
                          "restPercent": round(busy[len(busy) // 2] * 100, 3)}))
        if any(row["heard"] < row["of"] for row in rows):
            sys.exit("some never heard")
    finally:
        stop(nodes)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
