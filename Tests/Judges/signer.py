#!/usr/bin/env python3
"""A signer as `plasmid identity add --command` asks it: PyNaCl signs what is on standard input.

signer.py SEEDFILE            prints the signature of standard input, base64
signer.py SEEDFILE --raw      prints its 64 bytes
signer.py SEEDFILE --public   prints the public key, hexadecimal
signer.py SEEDFILE --other    signs something else than it was asked for
"""
import base64
import os
import sys

import nacl.signing

with open(sys.argv[1], "rb") as seed:
    key = nacl.signing.SigningKey(seed.read(32))
word = sys.argv[2] if len(sys.argv) > 2 else ""
if word == "--public":
    print(key.verify_key.encode().hex())
    sys.exit(0)
if os.environ["PLASMID_PUBLIC_KEY_HEX"] != key.verify_key.encode().hex():
    sys.exit("asked for another key")
text = sys.stdin.buffer.read()
signature = key.sign(text + b"!" if word == "--other" else text).signature
sys.stdout.buffer.write(signature if word == "--raw" else base64.b64encode(signature) + b"\n")
