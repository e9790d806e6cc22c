import FuzzLoop

Fuzzer.run("FuzzRecord")
