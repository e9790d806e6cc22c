import FuzzLoop

Fuzzer.run("FuzzSections")
