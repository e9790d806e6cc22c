import FuzzLoop

Fuzzer.run("FuzzLicenceStub")
