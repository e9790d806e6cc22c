import FuzzLoop

Fuzzer.run("FuzzArrivedGroup")
