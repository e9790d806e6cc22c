"""Torrents between aria2c processes on this machine, with SHA-1 pieces; not encrypted."""
import os

from ends import (
    OTHER_PORT, PORT, START_PATIENCE, TARGET_PORT, Ends, ends_of, make_targets, wait_until)
from files import check
from metainfo import metainfo
from tracker import Tracker


def command(port, folder, meta):
    """An aria2c that keeps to loopback and to what is said here, and gives what it has."""
    return [
        "aria2c", "--no-conf", "--quiet", "--interface=127.0.0.1", "--no-proxy=127.0.0.1",
        "--disable-ipv6", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false",
        f"--listen-port={port}", f"--dir={folder}", "--file-allocation=none",
        # Gives for ever, whatever it has given; until this process ends.
        "--seed-ratio=0", f"--stop-with-process={os.getpid()}",
        # The one way to say without being asked that all is there: it runs a program then.
        "--on-bt-download-complete=echo", str(meta)]


def aria2(source, folder, case):
    """The seconds from the start of the targets until their files are durable.

    About two of them pass before the first byte: aria2c looks once a second whom to call, and once
    a second who answered.
    """
    sources, count = ends_of(case)
    targets = make_targets(folder, count)
    meta = folder / "meta.torrent"
    with Tracker(OTHER_PORT) as tracker, Ends() as ends:
        meta.write_bytes(metainfo(source, tracker.url))
        seeds = [command(PORT + index, source.parent, meta) for index in range(sources)]
        ends.start_all([*seed, "--bt-seed-unverified"] for seed in seeds)
        wait_until(lambda: len(tracker.ports) == sources, "seeds of aria2c", START_PATIENCE)
        commands = [
            command(TARGET_PORT + index, target, meta) for index, target in enumerate(targets)]
        seconds = ends.measure(lambda: ends.start_all(commands), targets)
    for target in targets:
        check(source, target)
    return seconds
