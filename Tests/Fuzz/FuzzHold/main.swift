import FuzzLoop

Fuzzer.run("FuzzHold")
