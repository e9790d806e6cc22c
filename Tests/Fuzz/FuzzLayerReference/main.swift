import FuzzLoop

Fuzzer.run("FuzzLayerReference")
