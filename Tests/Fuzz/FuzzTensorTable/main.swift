import FuzzLoop

Fuzzer.run("FuzzTensorTable")
