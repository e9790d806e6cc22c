import FuzzLoop

Fuzzer.run("FuzzRecipe")
