import FuzzLoop

Fuzzer.run("FuzzModelConfig")
