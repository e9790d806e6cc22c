import FuzzLoop

Fuzzer.run("FuzzCodedFile")
