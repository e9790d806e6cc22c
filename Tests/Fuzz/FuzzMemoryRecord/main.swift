import FuzzLoop

Fuzzer.run("FuzzMemoryRecord")
