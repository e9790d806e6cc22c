import FuzzLoop

Fuzzer.run("FuzzJSON")
