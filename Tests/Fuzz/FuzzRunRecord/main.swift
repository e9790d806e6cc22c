import FuzzLoop

Fuzzer.run("FuzzRunRecord")
