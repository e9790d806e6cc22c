import FuzzLoop

Fuzzer.run("FuzzTicket")
