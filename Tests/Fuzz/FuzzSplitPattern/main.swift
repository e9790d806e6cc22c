import FuzzLoop

Fuzzer.run("FuzzSplitPattern")
