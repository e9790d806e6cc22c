"""Another codec on the .safetensors files of a folder, for `plasmid bench codec --peer`.

    peer.py zipnn|zstd FOLDER [PARENT|none]

Prints one line of JSON: times_smaller, coding_gb_s, decoding_gb_s, of one thread. Needs `zipnn` or
`zstandard` from PyPI. What is decoded is compared. Copies that a codec wants of its input are made
outside of what is timed.
"""

import json
import pathlib
import sys
import time

ROUNDS = 5


def weights(folder):
    return b"".join(path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*.safetensors")))


def dtype(data):
    header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
    kinds = {value["dtype"] for name, value in header.items() if name != "__metadata__"}
    return {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}[sorted(kinds)[0]]


def best(work, fresh=lambda: ()):
    """The shortest of some runs in seconds, and what the last one gave; `fresh` makes the input."""
    times = []
    for _ in range(ROUNDS):
        inputs = fresh()
        begin = time.perf_counter()
        result = work(*inputs)
        times.append(time.perf_counter() - begin)
    return min(times), result


def with_zipnn(data, parent):
    import zipnn

    options = {"input_format": "byte", "bytearray_dtype": dtype(data), "threads": 1}
    if parent is not None:
        options["delta_compressed_type"] = "byte"
    other = {} if parent is None else {"delta_second_data": bytearray(parent)}
    # It turns the bits of what it is given.
    coding, packed = best(
        lambda copy: zipnn.ZipNN(**options).compress(copy, **other), lambda: (bytearray(data),))
    decoding, back = best(lambda: zipnn.ZipNN(**options).decompress(packed, **other))
    return len(packed), coding, decoding, bytes(back)


def with_zstd(data, parent):
    import zstandard

    if parent is not None:
        raise SystemExit("zstd knows no parents")
    coder, decoder = zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor()
    coding, packed = best(lambda: coder.compress(data))
    decoding, back = best(lambda: decoder.decompress(packed))
    return len(packed), coding, decoding, back


def main():
    coder, folder = sys.argv[1], sys.argv[2]
    parent = sys.argv[3] if len(sys.argv) > 3 else "none"
    data = weights(folder)
    other = None if parent == "none" else weights(parent)
    size, coding, decoding, back = {"zipnn": with_zipnn, "zstd": with_zstd}[coder](data, other)
    if back != data:
        raise SystemExit("it did not come back")
    print(json.dumps({
        "times_smaller": len(data) / size, "coding_gb_s": len(data) / coding / 1e9,
        "decoding_gb_s": len(data) / decoding / 1e9}))


main()
