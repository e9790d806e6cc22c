import FuzzLoop

Fuzzer.run("FuzzModelCard")
