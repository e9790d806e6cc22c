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

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PEER = pathlib.Path(__file__).with_name("peer.py")


def plasmid(program, home, *words):
    result = subprocess.run(
        [program, *words, "--json"], env={**os.environ, "PLASMID_HOME": str(home)},
        capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"{words}: {result.stdout} {result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def row(name, coder, smaller, coding, decoding):
    print(f"| {name} | {coder} | {smaller:.3f} | {coding:.2f} | {decoding:.2f} |")


def compare(program, home, name, folder, parent=None):
    words = ["--base", str(parent), "--layer", str(folder)] if parent else ["--base", str(folder)]
    for number, coder in enumerate(["zipnn"] if parent else ["zipnn", "zstd"]):
        # The peer runs before and after; the bench fails where a byte does not come back.
        peer = f"{sys.executable} {PEER} {coder} {{folder}} {{parent}}"
        rows = plasmid(program, home, "bench", "codec", *words, "--peer", peer)["rows"]
        own = [found["figure"] for found in rows]
        if number == 0:
            row(name, "here", *own)
        row(name, coder, *(found["figure"] / found["ratio"] for found in rows))


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
    print("| bytes | coder | times smaller | coding, GB/s | decoding, GB/s |")
    print("| --- | --- | --- | --- | --- |")
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
