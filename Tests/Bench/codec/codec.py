"""Coded files beside ZipNN and plain zstd on the same trained bytes, and what a base with five
fine-tunes takes.

    codec.py PLASMID BASE WORK [MODEL[=PARENT] ...]

PLASMID is the program, BASE the sample base, WORK a new folder. Five adapters are trained over BASE
on pages of this repository and merged into it. Needs `zipnn` and `zstandard` from PyPI. MODEL names
other folders to code, alone or against PARENT. Prints Markdown. Every decoding is compared.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import zipnn
import zstandard

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
ROUNDS = 5


def plasmid(program, home, *words):
    result = subprocess.run(
        [program, *words, "--json"], env={**os.environ, "PLASMID_HOME": str(home)},
        capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"{words}: {result.stdout} {result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def weights(folder):
    return b"".join(path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*.safetensors")))


def dtype(data):
    header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
    kinds = {value["dtype"] for name, value in header.items() if name != "__metadata__"}
    return {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}[sorted(kinds)[0]]


def best(work):
    """The shortest of some runs in seconds, and what the last one gave."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return min(times), result


def with_zipnn(data, parent):
    options = {"input_format": "byte", "bytearray_dtype": dtype(data), "threads": 1}
    if parent is not None:
        options["delta_compressed_type"] = "byte"

    def pack():
        # It turns the bits of what it is given.
        copy = bytearray(data)
        coder = zipnn.ZipNN(**options)
        if parent is None:
            return coder.compress(copy)
        return coder.compress(copy, delta_second_data=bytearray(parent))

    def unpack():
        coder = zipnn.ZipNN(**options)
        if parent is None:
            return coder.decompress(packed)
        return coder.decompress(packed, delta_second_data=bytearray(parent))

    coding, packed = best(pack)
    decoding, back = best(unpack)
    return len(packed), coding, decoding, bytes(back) == data


def with_zstd(data):
    coder, decoder = zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor()
    coding, packed = best(lambda: coder.compress(data))
    decoding, back = best(lambda: decoder.decompress(packed))
    return len(packed), coding, decoding, back == data


def with_plasmid(program, home, folder, parent):
    words = ["--base", str(parent), "--layer", str(folder)] if parent else ["--base", str(folder)]
    rows = {row["name"]: row for row in plasmid(program, home, "bench", "codec", *words)["rows"]}
    size = next(row for name, row in rows.items() if name.startswith("coded"))["figure"] * 1e6
    # The bench takes the best of some rounds too, and fails where a group does not come back.
    return int(size), rows["coding"]["figure"], rows["decoding"]["figure"], True


def row(name, coder, plain, size, coding, decoding, same):
    print(f"| {name} | {coder} | {plain / size:.3f} | {coding:.2f} | {decoding:.2f} | "
          f"{'yes' if same else 'NO'} |")


def compare(program, home, name, folder, parent=None):
    data = weights(folder)
    other = weights(parent) if parent else None
    plain = len(data)
    row(name, "here", plain, *with_plasmid(program, home, folder, parent))
    for label, result in (("ZipNN", with_zipnn(data, other)), ("zstd -3", with_zstd(data))):
        size, coding, decoding, same = result
        row(name, label, plain, size, plain / coding / 1e9, plain / decoding / 1e9, same)


def main():
    program, base, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    work.mkdir(parents=True)
    home = work / "home"
    plasmid(program, home, "init")
    # One size, so that a delta in place finds its parent, as ZipNN's needs it.
    tuned = []
    for number, folder in enumerate(("formats", "decisions", ".", "formats", "decisions")):
        text = work / f"text{number}.jsonl"
        pages = sorted((REPOSITORY / "docs" / folder).glob("*.md"))[number::2]
        text.write_text("".join(
            json.dumps({"text": part}) + "\n" for page in pages
            for part in page.read_text().split("\n\n") if len(part) > 200))
        adapter = plasmid(
            program, home, "train", "--base", base, "--data", str(text), "--name", f"t{number}",
            "--steps", "30", "--batch", "4", "--seq", "128", "--rank", "8", "--seed", str(number))
        out = work / f"tuned{number}"
        plasmid(program, home, "export", adapter["layer"], str(work / f"adapter{number}"))
        plasmid(program, home, "merge", str(work / f"adapter{number}"), "--base", base, "--out",
                str(out))
        tuned.append(out)
    print("| bytes | coder | times smaller | coding, GB/s | decoding, GB/s | lossless |")
    print("| --- | --- | --- | --- | --- | --- |")
    compare(program, home, "base", base)
    compare(program, home, "fine-tune", tuned[0])
    compare(program, home, "fine-tune against base", tuned[0], base)
    compare(program, home, "adapter", work / "adapter0")
    for extra in sys.argv[4:]:
        folder, _, parent = extra.partition("=")
        compare(program, home, pathlib.Path(folder).name, folder, parent or None)
    print()
    store = work / "store"
    plasmid(program, store, "init")
    layer = plasmid(program, store, "share", base, "--type", "foundation", "--name", "base",
                    "--licence", "Apache-2.0", "--visibility", "public")["layer"]
    for number, folder in enumerate(tuned):
        plasmid(program, store, "share", str(folder), "--type", "foundation", "--name",
                f"tuned{number}", "--licence", "Apache-2.0", "--visibility", "public",
                "--parent", layer)
    raw = plasmid(program, store, "status")["store"]["stored"]
    result = plasmid(program, store, "compact")
    coded = plasmid(program, store, "status")["store"]["stored"]
    for item in result["layers"]:
        assert plasmid(program, store, "verify", item["layer"])["ok"]
    print("| base and five fine-tunes | bytes on disk | times smaller |")
    print("| --- | --- | --- |")
    print(f"| plain | {raw:,} | 1 |")
    print(f"| coded | {coded:,} | {raw / coded:.2f} |")
    for item in result["layers"]:
        print(f"| {item['ref'].split('/')[-1]} | {item['after']:,} of {item['before']:,} | "
              f"{item['before'] / item['after']:.2f} |")


main()
