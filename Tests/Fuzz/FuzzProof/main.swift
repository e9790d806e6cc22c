import FuzzLoop

Fuzzer.run("FuzzProof")
