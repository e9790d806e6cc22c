#!/usr/bin/env python3
"""Makes (--generate) or checks BLAKE3 vectors with PyPI `blake3`.

Lengths lie around the block (64), the chunk (1 KiB), every chunk of a leaf
group (16 KiB) and the transfer group (1 MiB).
"""

import sys

import blake3
from hash_vectors import MIB, run

LENGTHS = sorted(
    {0, 1, 2, 3, 55, 63, 64, 65, 127, 128, 129, 1023}
    | {1024 * chunk for chunk in range(1, 18)}
    | {1024 * chunk + 1 for chunk in range(1, 18)}
    | {16384 - 1, 32767, 32768, 32769, 65535, 65536, 65537, 102400}
    | {MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 1, 3 * MIB + 7})

if __name__ == "__main__":
    sys.exit(run("blake3", lambda data: blake3.blake3(data).hexdigest(), LENGTHS, __doc__.splitlines()[0]))
