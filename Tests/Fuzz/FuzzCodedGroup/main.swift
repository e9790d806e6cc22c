import FuzzLoop

Fuzzer.run("FuzzCodedGroup")
