import FuzzLoop

Fuzzer.run("FuzzStatement")
