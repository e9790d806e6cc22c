#!/usr/bin/env python3
"""Brings the files of a transfer bench by other programs, between processes on this machine.

usage: peers.py --case CASE --source PATH --folder DIR --peers NAME[,NAME...]

Cases are those of `plasmid bench transfer`. Peers, and where each is from:

    rsync      daemon, --fsync                                    Debian's rsync
    curl       nginx, TLS 1.3, then a sync of the files           Debian's curl, nginx, openssl
    torrent    libtorrent, v2, then a sync                        PyPI's libtorrent
    aria2      torrent, v1, not encrypted, then a sync            Debian's aria2
    syncthing  TLS, from a source that has scanned, then a sync   Debian's syncthing
    iroh       blobs by QUIC, export, then a sync                 PyPI's iroh==0.35.0

What is from Debian is installed with apt-get, what is from PyPI with pip into the Python of
bootstrap/judges. A peer that cannot do a case or is not installed is left out and named on stderr.
What each took, until its files were durable, is printed as one line of JSON:
{"peers": [{"name": ..., "seconds": ...}, ...]}. The clock runs from the start of the target's
process, or of its fetch where a node runs before it fetches (syncthing, iroh, and ours).

    plasmid bench transfer --case one --peer 'python3 Tests/Bench/transfer/peers.py
        --case {case} --source {source} --folder {folder} --peers rsync,curl,torrent'
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, NamedTuple

sys.dont_write_bytecode = True
from aria2 import aria2  # noqa: E402
from ends import PORT, TARGET_PORT, Ends, ends_of, make_targets, wait_for  # noqa: E402
from files import check, sync_files  # noqa: E402
from syncthing import syncthing  # noqa: E402

HERE = Path(__file__).resolve().parent
JUDGES = Path(os.environ.get("PLASMID_JUDGES", HERE.parents[2] / ".build" / "judges"))
PYTHON = str(JUDGES / "bin/python")


def rsync(source, folder, case):
    """The seconds of an rsync from a daemon; it syncs each file itself."""
    config = folder / "rsyncd.conf"
    config.write_text(
        f"use chroot=no\nport={PORT}\naddress=127.0.0.1\nlog file={folder}/rsyncd.log\n"
        f"[src]\npath={source.parent}\nread only=yes\nuid={os.getuid()}\ngid={os.getgid()}\n")
    [target] = make_targets(folder, 1)
    with Ends() as ends:
        ends.start(["rsync", "--daemon", "--no-detach", f"--config={config}"])
        wait_for(PORT)
        began = time.perf_counter()
        subprocess.run(
            ["rsync", "-r", "-t", "--whole-file", "--fsync",
             f"rsync://127.0.0.1:{PORT}/src/{source.name}", f"{target}/"], check=True)
        seconds = time.perf_counter() - began
    check(source, target)
    return seconds


def curl(source, folder, case):
    """The seconds of one curl that gets all files from nginx over one kept connection, by TLS."""
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
    [target] = make_targets(folder, 1)
    wishes = folder / "curl.cfg"
    wishes.write_text("".join(
        f'url="https://127.0.0.1:{PORT}/{name}"\noutput="{target}/{Path(name).name}"\n'
        for name in names))
    with Ends() as ends:
        ends.start(["nginx", "-p", folder, "-c", config])
        wait_for(PORT)
        began = time.perf_counter()
        subprocess.run(["curl", "-s", "-f", "--cacert", certificate, "-K", wishes], check=True)
        sync_files(target)
        seconds = time.perf_counter() - began
    check(source, target)
    return seconds


def torrent(source, folder, case):
    """The seconds from the start of the targets, by libtorrent; see torrent.py."""
    sources, count = ends_of(case)
    targets = make_targets(folder, count)
    node = [PYTHON, str(HERE / "torrent.py")]
    meta = folder / "meta.torrent"
    subprocess.run([*node, "make", source, meta], check=True)
    ports = [str(PORT + index) for index in range(sources)]
    ports += [str(TARGET_PORT + index) for index in range(count)]
    with Ends() as ends:
        for seed in ends.start_all(
                [*node, "seed", meta, source.parent, port] for port in ports[:sources]):
            ends.line(seed)
        commands = [
            [*node, "fetch", meta, target, port, *ports]
            for target, port in zip(targets, ports[sources:])]
        seconds = ends.measure(lambda: ends.start_all(commands), targets)
    for target in targets:
        check(source, target)
    return seconds


def iroh(source, folder, case):
    """The seconds from when targets that run are told to fetch, by iroh; see iroh_node.py.

    A node of it takes three seconds to start where it finds no relay, which is no part of a fetch.
    Each target takes all from the source: blobs are not given on by who fetches them.
    """
    _, count = ends_of(case)
    targets = make_targets(folder, count)
    node = [PYTHON, str(HERE / "iroh_node.py")]
    with Ends() as ends:
        ticket = ends.line(ends.start([*node, "provide", source, folder / "store", str(PORT)]))
        nodes = ends.start_all(
            [*node, "fetch", ticket, folder / f"store{index}", target / source.name,
             str(TARGET_PORT + index)] for index, target in enumerate(targets))
        for started in nodes:
            ends.line(started)
        seconds = ends.measure(lambda: ends.call(nodes), targets)
    for target in targets:
        check(source, target)
    return seconds


class Peer(NamedTuple):
    """A program that brings files, what it needs, and between how many it can."""

    title: str
    run: Callable
    tools: tuple = ()
    module: str = ""
    sources: int = 1
    targets: int = 1


# More ends than any case has, for programs that take from and give to any number.
MANY = 1000
PEERS = {
    "rsync": Peer("rsync daemon --fsync", rsync, ("rsync",)),
    "curl": Peer("curl from nginx, TLS 1.3, fsync", curl, ("curl", "nginx", "openssl")),
    "torrent": Peer(
        "libtorrent v2, fsync", torrent, module="libtorrent", sources=MANY, targets=MANY),
    "aria2": Peer("aria2 torrent v1, fsync", aria2, ("aria2c",), sources=MANY, targets=MANY),
    "syncthing": Peer("syncthing, TLS, fsync", syncthing, ("syncthing",)),
    "iroh": Peer("iroh 0.35 blobs, export, fsync", iroh, module="iroh", targets=MANY),
}


def reason_against(peer, case):
    """Why a peer is left out; None if it is not."""
    for tool in peer.tools:
        if not shutil.which(tool):
            return f"{tool} is missing"
    if peer.module and not (Path(PYTHON).exists() and subprocess.run(
            [PYTHON, "-c", f"import {peer.module}"], stderr=subprocess.DEVNULL).returncode == 0):
        return f"{peer.module} is missing (pip install it into .build/judges)"
    sources, targets = ends_of(case)
    if sources > peer.sources:
        return "it is for one source"
    return "it is for one target" if targets > peer.targets else None


def main():
    # So that a bench that is ended ends what runs for it: blocks are left as on a failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
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
        peer = PEERS[name]
        reason = reason_against(peer, arguments.case)
        if reason:
            print(f"{name} is left out: {reason}", file=sys.stderr)
            continue
        folder = arguments.folder / f"{name}-{os.getpid()}"
        folder.mkdir(parents=True)
        os.sync()
        seconds = peer.run(arguments.source.resolve(), folder.resolve(), arguments.case)
        results.append({"name": peer.title, "seconds": seconds})
        # Many files stay until the bench ends: ext4 passes over the inodes that were let go in the
        # last minute, one by one, and whoever came next would pay for it.
        if arguments.source.is_file():
            shutil.rmtree(folder)
    print(json.dumps({"peers": results}))


if __name__ == "__main__":
    main()
