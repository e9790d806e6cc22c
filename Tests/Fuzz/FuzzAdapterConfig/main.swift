import FuzzLoop

Fuzzer.run("FuzzAdapterConfig")
