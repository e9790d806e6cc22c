import FuzzLoop

Fuzzer.run("FuzzManifest")
