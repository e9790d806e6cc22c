import FuzzLoop

Fuzzer.run("FuzzTensorFile")
