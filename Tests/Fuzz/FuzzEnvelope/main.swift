import FuzzLoop

Fuzzer.run("FuzzEnvelope")
