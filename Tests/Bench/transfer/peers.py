#!/usr/bin/env python3
"""Brings the files of a transfer bench by other programs, between processes on this machine.

usage: peers.py --case CASE --source PATH --folder DIR --peers NAME[,NAME...]

Cases are those of `plasmid bench transfer`. Peers: rsync (daemon, --fsync), curl (nginx, TLS 1.3,
then a sync of the files), torrent (libtorrent, v2, then a sync). A peer that cannot do a case or is
not installed is left out and named on stderr. What each took, from its start to durable files, is
printed as one line of JSON: {"peers": [{"name": ..., "seconds": ...}, ...]}.

    plasmid bench transfer --case one --peer 'python3 Tests/Bench/transfer/peers.py
        --case {case} --source {source} --folder {folder} --peers rsync,curl,torrent'
"""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
JUDGES = Path(os.environ.get("PLASMID_JUDGES", HERE.parents[2] / ".build" / "judges"))
# Sources and targets of each case; only torrents have more than one of either.
ENDS = {"gather": (3, 1), "spread": (1, 3), "crowd": (1, 8)}
PORT = 28730


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def sync_files(folder):
    """Makes what a program left in the page cache durable: each file and its folder."""
    for path in [*Path(folder).rglob("*"), Path(folder)]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def check(source, target):
    """Whether the last file came whole; a program that left something out proves nothing."""
    files = sorted(p for p in source.rglob("*") if p.is_file()) if source.is_dir() else [source]
    found = {p.name: p for p in target.rglob("*") if p.is_file()}
    for path in files:
        if path.name not in found or found[path.name].stat().st_size != path.stat().st_size:
            raise RuntimeError(f"{path.name} did not come")
    if files[-1].read_bytes()[-4096:] != found[files[-1].name].read_bytes()[-4096:]:
        raise RuntimeError(f"{files[-1].name} is not what it was")


class Server:
    """A program that runs while another fetches from it."""

    def __init__(self, command, port):
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def rsync(source, folder, case):
    config = folder / "rsyncd.conf"
    config.write_text(
        f"use chroot=no\nport={PORT}\naddress=127.0.0.1\nlog file={folder}/rsyncd.log\n"
        f"[src]\npath={source.parent}\nread only=yes\nuid={os.getuid()}\ngid={os.getgid()}\n")
    target = folder / "target"
    target.mkdir()
    with Server(["rsync", "--daemon", "--no-detach", f"--config={config}"], PORT):
        began = time.perf_counter()
        subprocess.run(
            ["rsync", "-r", "-t", "--whole-file", "--fsync",
             f"rsync://127.0.0.1:{PORT}/src/{source.name}", f"{target}/"], check=True)
        seconds = time.perf_counter() - began
    check(source, target)
    return seconds


def curl(source, folder, case):
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    places = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    # As root it would serve as nobody, who cannot enter the bench's folder.
    user = "user root;" if os.getuid() == 0 else ""
    config.write_text(
        f"{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; "
        f"error_log {folder}/nginx.log; events {{ worker_connections 512; }}\n"
        f"http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; {places}"
        f"server {{ listen 127.0.0.1:{PORT} ssl; ssl_certificate {certificate}; "
        f"ssl_certificate_key {key}; ssl_protocols TLSv1.3; root {source.parent}; }} }}\n")
    names = [source.name] if source.is_file() else [
        f"{source.name}/{p.name}" for p in sorted(source.iterdir())]
    target = folder / "target"
    target.mkdir()
    wishes = folder / "curl.cfg"
    wishes.write_text("".join(
        f'url="https://127.0.0.1:{PORT}/{name}"\noutput="{target}/{Path(name).name}"\n'
        for name in names))
    with Server(["nginx", "-p", folder, "-c", config], PORT):
        began = time.perf_counter()
        subprocess.run(["curl", "-s", "-f", "--cacert", certificate, "-K", wishes], check=True)
        sync_files(target)
        seconds = time.perf_counter() - began
    check(source, target)
    return seconds


def torrent(source, folder, case):
    sources, targets = ENDS.get(case, (1, 1))
    node = [str(JUDGES / "bin/python"), str(HERE / "torrent.py")]
    meta = folder / "meta.torrent"
    subprocess.run([*node, "make", source, meta], check=True)
    seeds = [
        subprocess.Popen([*node, "seed", meta, source.parent, str(PORT + index)],
                         stdout=subprocess.PIPE, text=True) for index in range(sources)]
    peers = []
    try:
        for seed in seeds:
            if seed.stdout.readline().strip() != "ready":
                raise RuntimeError("a seed did not start")
        began = time.perf_counter()
        ports = [str(PORT + index) for index in range(sources)]
        ports += [str(PORT + 100 + index) for index in range(targets)]
        for index in range(targets):
            target = folder / f"target{index}"
            target.mkdir()
            peers.append(subprocess.Popen(
                [*node, "fetch", meta, target, str(PORT + 100 + index), *ports],
                stdout=subprocess.PIPE, text=True))
        for peer in peers:
            if peer.stdout.readline().strip() != "done":
                raise RuntimeError("a target did not end")
        for index in range(targets):
            sync_files(folder / f"target{index}")
        seconds = time.perf_counter() - began
    finally:
        for process in seeds + peers:
            process.kill()
            process.wait()
    for index in range(targets):
        check(source, folder / f"target{index}")
    return seconds


PEERS = {
    "rsync": ("rsync daemon --fsync", rsync, ["rsync"]),
    "curl": ("curl from nginx, TLS 1.3, fsync", curl, ["curl", "nginx", "openssl"]),
    "torrent": ("libtorrent v2, fsync", torrent, []),
}


def reason_against(name, case):
    """Why a peer is left out; None if it is not."""
    for tool in PEERS[name][2]:
        if not shutil.which(tool):
            return f"{tool} is missing"
    if name == "torrent":
        python = JUDGES / "bin/python"
        is_here = python.exists() and subprocess.run(
            [python, "-c", "import libtorrent"], stderr=subprocess.DEVNULL).returncode == 0
        return None if is_here else "libtorrent is missing (pip install it into .build/judges)"
    return "it is for one source and one target" if case in ENDS else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", required=True)
    parser.add_argument("--source", required=True, type=Path)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--peers", required=True)
    arguments = parser.parse_args()
    results = []
    for name in arguments.peers.split(","):
        if name not in PEERS:
            sys.exit(f"there is no peer {name}; there are {', '.join(PEERS)}")
        reason = reason_against(name, arguments.case)
        if reason:
            print(f"{name} is left out: {reason}", file=sys.stderr)
            continue
        folder = arguments.folder / f"{name}-{os.getpid()}"
        folder.mkdir(parents=True)
        os.sync()
        seconds = PEERS[name][1](arguments.source.resolve(), folder, arguments.case)
        results.append({"name": PEERS[name][0], "seconds": seconds})
        # Many files stay until the bench ends: ext4 passes over the inodes that were let go in the
        # last minute, one by one, and whoever came next would pay for it.
        if arguments.source.is_file():
            shutil.rmtree(folder)
    print(json.dumps({"peers": results}))


if __name__ == "__main__":
    main()
