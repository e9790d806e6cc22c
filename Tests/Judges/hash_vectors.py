"""What the two makers of hash vectors share."""

import argparse
import json
import sys
from pathlib import Path

MIB = 1 << 20


def counted(length):
    """The input of a case: byte i is i % 251."""
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def run(judge, digest, lengths, note):
    """Writes the vectors with --generate, else checks a file (stdin, or the path given)."""
    options = argparse.ArgumentParser(description=note)
    options.add_argument("--generate", action="store_true", help="print the vectors as JSON")
    options.add_argument("file", nargs="?", type=Path, help="vectors to check (default: stdin)")
    chosen = options.parse_args()
    if chosen.generate:
        cases = [{"length": length, "hash": digest(counted(length))} for length in lengths]
        rows = ",\n".join("  " + json.dumps(case) for case in cases)
        print(f'{{\n "input": "byte i of the input is i % 251",\n "cases": [\n{rows}\n ]\n}}')
        return 0
    cases = json.loads(chosen.file.read_text() if chosen.file else sys.stdin.read())["cases"]
    wrong = [case["length"] for case in cases if digest(counted(case["length"])) != case["hash"]]
    good = bool(cases) and not wrong
    print(f"{judge} agrees: {len(cases)} lengths" if good else f"{judge} DISAGREES at lengths {wrong} of {len(cases)}")
    return 0 if good else 1
