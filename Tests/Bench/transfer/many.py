#!/usr/bin/env python3
"""Memory of nodes where many have a large file and one fetches it.

    many.py PLASMID [--gibibytes 20] [--sources 32] [--folder DIR]

One node shares a file of which each MiB begins with its number and is otherwise a hole, so that it
costs little of the disk. The others get its blob as a hard link: a store without an index finds
what lies in it, and a fetch then needs the manifest alone. Then an empty node fetches the layer,
whole and over loopback. Prints seconds, sources and the most memory of any source and of the
target.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time


class Node:
    def __init__(self, plasmid, home):
        self.plasmid, self.home, self.process = plasmid, home, None
        self.ask("init")

    def environment(self):
        return {**os.environ, "PLASMID_HOME": self.home}

    def ask(self, *words):
        outcome = subprocess.run(
            [self.plasmid, *words, "--json"], env=self.environment(), capture_output=True, text=True)
        if outcome.returncode != 0:
            sys.exit(f"{words}: {outcome.stdout}{outcome.stderr}")
        return json.loads(outcome.stdout)

    def start(self, *options):
        self.process = subprocess.Popen(
            [self.plasmid, "run", "--listen", "127.0.0.1:0", "--http", "off", "--no-lan", "--json",
             *options],
            env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.ticket = json.loads(self.process.stdout.readline())["ticket"]

    def peak(self):
        """Megabytes of memory at most."""
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) * 1024 / 1e6

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()


def write(path, mebibytes):
    with open(path, "wb") as file:
        file.truncate(mebibytes << 20)
        for number in range(mebibytes):
            file.seek(number << 20)
            file.write(number.to_bytes(8, "little") * 16)


def link(home, other):
    """Gives a store that has no index yet the large files of another."""
    for folder in ("obj", "tree"):
        for place, _, names in os.walk(f"{home}/store/{folder}"):
            there = other + place[len(home):]
            os.makedirs(there, exist_ok=True)
            for name in names:
                if os.path.getsize(f"{place}/{name}") > 1 << 16:
                    os.link(f"{place}/{name}", f"{there}/{name}")
    for name in os.listdir(other):
        if name.startswith("index.db"):
            os.remove(f"{other}/{name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plasmid")
    parser.add_argument("--gibibytes", type=float, default=20)
    parser.add_argument("--sources", type=int, default=32)
    parser.add_argument("--folder")
    asked = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="many-", dir=asked.folder)
    nodes = []
    try:
        path = f"{folder}/large.dat"
        write(path, int(asked.gibibytes * 1024))
        first = Node(asked.plasmid, f"{folder}/0")
        nodes.append(first)
        layer = first.ask(
            "share", path, "--licence", "MIT", "--visibility", "public", "--type", "memory",
            "--name", "large")["layer"]
        os.remove(path)
        first.start()
        for number in range(1, asked.sources):
            node = Node(asked.plasmid, f"{folder}/{number}")
            nodes.append(node)
            link(first.home, node.home)
            node.start("--join", first.ticket)
            if node.ask("fetch", layer, "--wait", "60")["received"] != 0:
                sys.exit("a source fetched what was linked")
        target = Node(asked.plasmid, f"{folder}/target")
        nodes.append(target)
        target.start("--join", first.ticket)
        time.sleep(3)
        begun = time.monotonic()
        found = target.ask("fetch", layer)
        seconds = time.monotonic() - begun
        print(
            f"{asked.gibibytes:g} GiB from {len(found['sources'])} of {asked.sources} in "
            f"{seconds:.1f} s, {asked.gibibytes * 1.0737 / seconds:.2f} GB/s; at most "
            f"{target.peak():.0f} MB at the target, "
            f"{max(node.peak() for node in nodes[:-1]):.0f} MB at a source")
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(folder)


main()
