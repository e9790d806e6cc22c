import FuzzLoop

Fuzzer.run("FuzzLayerQuery")
