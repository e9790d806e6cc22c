import FuzzLoop

Fuzzer.run("FuzzMessage")
