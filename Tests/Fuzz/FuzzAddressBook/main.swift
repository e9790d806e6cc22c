import FuzzLoop

Fuzzer.run("FuzzAddressBook")
