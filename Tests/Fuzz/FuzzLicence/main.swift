import FuzzLoop

Fuzzer.run("FuzzLicence")
