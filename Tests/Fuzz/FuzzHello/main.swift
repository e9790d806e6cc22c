import FuzzLoop

Fuzzer.run("FuzzHello")
