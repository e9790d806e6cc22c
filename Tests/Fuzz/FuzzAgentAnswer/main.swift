import FuzzLoop

Fuzzer.run("FuzzAgentAnswer")
