import FuzzLoop

Fuzzer.run("FuzzBeacon")
