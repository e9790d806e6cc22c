import FuzzLoop

Fuzzer.run("FuzzSecrets")
