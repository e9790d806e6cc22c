import FuzzLoop

Fuzzer.run("FuzzVersionRange")
