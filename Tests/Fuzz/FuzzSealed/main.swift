import FuzzLoop

Fuzzer.run("FuzzSealed")
