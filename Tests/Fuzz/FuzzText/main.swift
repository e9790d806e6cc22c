import FuzzLoop

Fuzzer.run("FuzzText")
