#!/usr/bin/env python3
"""Makes (--generate) or checks SHA-256 vectors with Python's `hashlib`."""

import hashlib
import sys

from hash_vectors import MIB, run

LENGTHS = sorted(
    set(range(0, 4)) | set(range(54, 67)) | set(range(118, 131)) | set(range(182, 195))
    | {255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 16383, 16384, 16385}
    | {65535, 65536, 65537, MIB - 1, MIB, MIB + 1, 3 * MIB + 7})

if __name__ == "__main__":
    sys.exit(run("hashlib", lambda data: hashlib.sha256(data).hexdigest(), LENGTHS, __doc__.splitlines()[0]))
