"""The description of a torrent of version 1, with SHA-1 of each piece (BEP 3)."""
import hashlib
import os

from files import files_of

# About as many pieces as other makers of torrents take: more cost messages, fewer wait longer
# for the first whole one that may be passed on.
PIECES = 1024
PIECE_BYTES_LEAST = 1 << 18


def bencode(value):
    """A value as BitTorrent writes it; the keys of a dictionary are text, in order."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%b" % (len(value), value)
    if isinstance(value, str):
        return bencode(os.fsencode(value))
    if isinstance(value, list):
        return b"l%be" % b"".join(map(bencode, value))
    members = (bencode(key) + bencode(value[key]) for key in sorted(value, key=os.fsencode))
    return b"d%be" % b"".join(members)


def pieces(paths, size):
    """The SHA-1 of each piece; a piece goes on from one file into the next."""
    piece = bytearray()
    for path in paths:
        with open(path, "rb") as file:
            while block := file.read(size - len(piece)):
                piece += block
                if len(piece) == size:
                    yield hashlib.sha1(piece).digest()
                    piece.clear()
    if piece:
        yield hashlib.sha1(piece).digest()


def metainfo(source, tracker):
    """What a .torrent file holds for a file or folder whose peers ask a tracker for each other."""
    paths = files_of(source)
    sizes = [path.stat().st_size for path in paths]
    piece = PIECE_BYTES_LEAST
    while piece * PIECES < sum(sizes):
        piece *= 2
    info = {
        "name": source.name, "piece length": piece, "private": 1,
        "pieces": b"".join(pieces(paths, piece))}
    if source.is_file():
        info["length"] = sizes[0]
    else:
        info["files"] = [
            {"length": size, "path": list(path.relative_to(source).parts)}
            for path, size in zip(paths, sizes)]
    return bencode({"announce": tracker, "info": info})
