import FuzzLoop

Fuzzer.run("FuzzTemplate")
