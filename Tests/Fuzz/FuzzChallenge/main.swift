import FuzzLoop

Fuzzer.run("FuzzChallenge")
