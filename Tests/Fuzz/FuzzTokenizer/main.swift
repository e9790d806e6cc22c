import FuzzLoop

Fuzzer.run("FuzzTokenizer")
