import FuzzLoop

Fuzzer.run("FuzzLicenceMapping")
