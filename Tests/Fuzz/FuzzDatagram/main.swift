import FuzzLoop

Fuzzer.run("FuzzDatagram")
