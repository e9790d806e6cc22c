import FuzzLoop

Fuzzer.run("FuzzData")
