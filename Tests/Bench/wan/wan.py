#!/usr/bin/env python3
"""A layer over a wide-area line that is made here, beside one curl stream over the same line.

usage: wan.py PLASMID [--case RTT_MS:MBIT:LOSS_PERCENT[:MIB[:KIND]]]... [--no-peer]

Needs root, iproute2 and a C compiler; curl and nginx for the peer. Prints one JSON line a case:
what part of the line's rate Plasmid's files and curl's file had, from the command to its end.
A file is of KIND random (the default), weights (bf16 in safetensors, which may come coded) or
plain (the same bytes under a name that says nothing of weights).
"""
import argparse
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path

HERE = Path(__file__).resolve().parent
# A tenth of a gigabit and a gigabit at 50 ms, without and with losses.
CASES = ["50:100:0:128", "50:100:1:128", "50:1000:0:256", "50:1000:1:256"]
A, B = "10.77.0.1", "10.77.0.2"


def bfloat(value):
    """A number as bfloat16, to the nearest, ties to even."""
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def weights(mebibytes):
    """A safetensors file of normal weights in tensors of 4 MiB, each of a scale of its own."""
    chance = random.Random(1)
    normal = statistics.NormalDist()
    quantiles = [normal.inv_cdf((index + 0.5) / 65_536) for index in range(65_536)]
    entries, tensors = {}, []
    for index in range(mebibytes // 4):
        scale = 2.0 ** (-4 - index % 5)
        values = [bfloat(value * scale) for value in quantiles]
        tensors.append(array("H", chance.choices(values, k=2 << 20)).tobytes())
        start = index * (4 << 20)
        entries[f"h.{index}.weight"] = {
            "dtype": "BF16", "shape": [2_048, 1_024], "data_offsets": [start, start + (4 << 20)]}
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + b"".join(tensors)


def sample(folder, kind, mebibytes):
    """The file of a case."""
    name = {"random": "random.dat", "weights": "model.safetensors", "plain": "model.dat"}[kind]
    file = folder / name
    is_noise = kind == "random"
    file.write_bytes(os.urandom(mebibytes << 20) if is_noise else weights(mebibytes))
    return file


class Line:
    """Two namespaces and the line between them."""

    def __init__(self, folder, round_trip, rate, loss):
        self.names = [f"plasmid-{os.getpid()}-{end}" for end in "ab"]
        for name in self.names:
            subprocess.run(["ip", "netns", "add", name], check=True)
        self.process = subprocess.Popen(
            [folder / "wan", *self.names, round_trip, rate, loss], stdout=subprocess.PIPE,
            text=True)
        assert self.process.stdout.readline().strip() == "ready"
        for name, own, other in zip(self.names, (A, B), (B, A)):
            run = ["ip", "-n", name]
            subprocess.run([*run, "link", "set", "lo", "up"], check=True)
            subprocess.run(
                [*run, "addr", "add", own, "peer", other, "dev", "wan"], check=True)
            subprocess.run(
                [*run, "link", "set", "wan", "mtu", "1500", "txqueuelen", "2000", "up"],
                check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name])

    def command(self, end, words):
        return ["ip", "netns", "exec", self.names[end], *words]


class Node:
    """A node at one end of the line."""

    def __init__(self, line, end, program, home, address, join=None):
        self.line, self.end, self.program = line, end, program
        self.environment = {**os.environ, "PLASMID_HOME": str(home)}
        words = [program, "run", "--listen", f"{address}:0", "--http", "off", "--no-lan", "--json"]
        self.process = subprocess.Popen(
            line.command(end, words + (["--join", join] if join else [])),
            stdout=subprocess.PIPE, text=True, env=self.environment)
        self.ticket = json.loads(self.process.stdout.readline())["ticket"]

    def ask(self, *words):
        answer = subprocess.run(
            self.line.command(self.end, [self.program, *words, "--json"]), env=self.environment,
            capture_output=True, text=True)
        if answer.returncode:
            raise RuntimeError(answer.stdout + answer.stderr)
        return json.loads(answer.stdout.strip().splitlines()[-1])

    def stop(self):
        self.process.terminate()
        self.process.wait()


def plasmid(line, program, folder, file):
    """Seconds of a fetch, its bytes on the line, which rule guided the connections, how many."""
    source = Node(line, 0, program, folder / "source", A)
    target = None
    try:
        layer = source.ask(
            "share", str(file), "--type", "x-bench", "--name", "bench", "--licence", "CC0-1.0",
            "--visibility", "public")["layer"]
        target = Node(line, 1, program, folder / "target", B, join=source.ticket)
        target.ask("find", "bench", "--wait", "30")
        began = time.perf_counter()
        answer = target.ask("fetch", layer)
        seconds = time.perf_counter() - began
        rule = subprocess.run(
            line.command(0, ["ss", "-tinH", "dst", B]), capture_output=True, text=True).stdout
        lines = [peer["connections"] for peer in source.ask("peers")["peers"]]
        return seconds, answer["wire"], "bbr" if " bbr " in rule else "other", max(lines)
    finally:
        source.stop()
        if target:
            target.stop()


def curl(line, folder, file):
    """Seconds of one stream from nginx over TLS 1.3."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=wan",
         "-addext", f"subjectAltName=IP:{A}"], check=True, stderr=subprocess.DEVNULL)
    places = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"user root; worker_processes 1; daemon off; pid {folder}/nginx.pid; "
        f"error_log {folder}/nginx.log; events {{ }}\n"
        f"http {{ access_log off; sendfile on; {places} server {{ listen {A}:8443 ssl; "
        f"ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; "
        f"root {file.parent}; }} }}\n")
    server = subprocess.Popen(
        line.command(0, ["nginx", "-p", folder, "-c", config]), stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        began = time.perf_counter()
        subprocess.run(
            line.command(1, ["curl", "-s", "-f", "--cacert", certificate, "-o",
                             folder / "curl.out", f"https://{A}:8443/{file.name}"]), check=True)
        return time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plasmid", type=Path)
    parser.add_argument("--case", action="append")
    parser.add_argument("--no-peer", action="store_true")
    arguments = parser.parse_args()
    if os.geteuid():
        sys.exit("namespaces and lines are made by root")
    program = str(arguments.plasmid.resolve())
    has_peer = not arguments.no_peer and all(map(shutil.which, ("curl", "nginx", "openssl")))
    if not has_peer and not arguments.no_peer:
        print("curl, nginx or openssl is missing: no peer", file=sys.stderr)
    for case in arguments.case or CASES:
        round_trip, rate, loss, *size = case.split(":")
        mebibytes = int(size[0]) if size else 64
        kind = size[1] if len(size) > 1 else "random"
        with tempfile.TemporaryDirectory(prefix="plasmid-wan-") as name:
            folder = Path(name)
            subprocess.run(["cc", "-O2", "-o", folder / "wan", HERE / "wan.c"], check=True)
            file = sample(folder, kind, mebibytes)
            best = file.stat().st_size * 8 / (float(rate) * 1e6)
            with Line(folder, round_trip, rate, loss) as line:
                seconds, wire, rule, connections = plasmid(line, program, folder, file)
                row = {
                    "round_trip_ms": float(round_trip), "mbit": float(rate),
                    "loss_percent": float(loss), "mib": mebibytes, "kind": kind,
                    "seconds": round(seconds, 2), "mib_on_line": round(wire / (1 << 20), 1),
                    "part_of_line": round(best / seconds, 3), "rule": rule,
                    "connections": connections}
                if has_peer:
                    row["curl_part_of_line"] = round(best / curl(line, folder, file), 3)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
