import FuzzLoop

Fuzzer.run("FuzzModel")
