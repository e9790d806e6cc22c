"""The ends of a transfer: how many of them a case has, where they listen, and their processes."""
import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

from files import sync_files

# Sources and targets of each case that has more than one of either.
ENDS = {"gather": (3, 1), "spread": (1, 3), "crowd": (1, 8), "many": (32, 1)}
# Sources listen from PORT on, targets from TARGET_PORT on, and what else a peer needs from the
# last one on; the gaps are wider than any case has ends, and all lie below the ports that Linux
# gives out by itself.
PORT = 28730
TARGET_PORT = PORT + 100
OTHER_PORT = PORT + 200
# No run takes that long; a program that hangs must not hold up the bench for ever. In seconds.
PATIENCE = 900
START_PATIENCE = 30
# Between two looks at something that is waited for: short beside what is measured, in seconds.
PAUSE = 0.02


def ends_of(case):
    """How many sources and how many targets a case has."""
    return ENDS.get(case, (1, 1))


def wait_until(is_so, what, patience=PATIENCE):
    """Looks again and again until something is so; it is named in the failure if it never is."""
    end = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {patience} s")
        time.sleep(PAUSE)


def wait_for(port):
    """Waits until something listens on a port of this machine."""
    def listens():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0
    wait_until(listens, f"listening on port {port}", START_PATIENCE)


def make_targets(folder, count):
    """An empty folder for each target."""
    targets = [Path(folder) / f"target{index}" for index in range(count)]
    for target in targets:
        target.mkdir()
    return targets


class Ends:
    """Processes that all end, with what they started, when the block ends that they run in."""

    def __init__(self):
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            # Each leads a group of its own, so that its children go with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()

    def start(self, command, output=subprocess.PIPE, **options):
        """Starts a program; what it prints is read by line(), unless it goes elsewhere."""
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, text=True, start_new_session=True,
            **options)
        self.processes.append(process)
        return process

    def line(self, process):
        """The next line that a process prints; each prints one at a time, when it is so far."""
        name = Path(process.args[0]).name
        if not select.select([process.stdout], [], [], PATIENCE)[0]:
            raise RuntimeError(f"{name} said nothing for {PATIENCE} s")
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{name} ended early")
        return line.rstrip("\n")

    def measure(self, begin, targets):
        """Begins fetches, by something that returns their processes, one for each target.

        Each prints a line once all is there. Returns the seconds from the beginning until every
        target has its files, durable.
        """
        began = time.perf_counter()
        for process in begin():
            self.line(process)
        for target in targets:
            sync_files(target)
        return time.perf_counter() - began

    def start_all(self, commands):
        """Starts several programs, in order."""
        return [self.start(command) for command in commands]

    def call(self, processes):
        """Has programs go on that wait for a line."""
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        return processes
