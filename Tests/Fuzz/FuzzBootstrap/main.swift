import FuzzLoop

Fuzzer.run("FuzzBootstrap")
