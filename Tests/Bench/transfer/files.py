"""The files of a transfer: which a source has, making those that came durable, comparing them."""
import filecmp
import os
from pathlib import Path


def files_of(source):
    """The files of a source, which is a file or a folder, in the order of their paths."""
    if source.is_file():
        return [source]
    return sorted(path for path in source.rglob("*") if path.is_file())


def sync_files(folder):
    """Makes what a program left in the page cache durable: each file and its folder."""
    for path in [*Path(folder).rglob("*"), Path(folder)]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def check(source, target):
    """Fails unless every file came whole; a program that left something out proves nothing."""
    found = {path.name: path for path in files_of(target)}
    for path in files_of(source):
        if path.name not in found or found[path.name].stat().st_size != path.stat().st_size:
            raise RuntimeError(f"{path.name} did not come")
        if not filecmp.cmp(path, found[path.name], shallow=False):
            raise RuntimeError(f"{path.name} is not what it was")
