import FuzzLoop

Fuzzer.run("FuzzSession")
