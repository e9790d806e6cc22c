import FuzzLoop

Fuzzer.run("FuzzOrganization")
