#!/usr/bin/env python3
"""Judges a training run's record and its checkpoints with other people's programs.

    run.py ENVELOPE RUN      ENVELOPE is the signed run record, RUN the folder `run` of the layer's evidence

The record's canonical form and signature, the run id from the recipe's bytes, every hash of every checkpoint,
the chain of states and their seals, and the observations (one a step, from 0). Canonical form by PyPI rfc8785,
hashes by blake3, signature by PyNaCl, tensors by safetensors. Prints one line of JSON; exits 0 when all hold.
"""

import base64
import json
import sys
from pathlib import Path

import blake3
import nacl.signing
import rfc8785
from safetensors.numpy import load as tensors

from wire import from_base32

TYPE = b"application/vnd.plasmid.run+json"
ADAPTER, OPTIMISER, STATE = "adapter_model.safetensors", "optimizer.safetensors", "state.json"


def digest(data):
    return blake3.blake3(data).hexdigest()


def require(holds, what):
    if not holds:
        raise SystemExit(json.dumps({"ok": False, "why": what}))


def canonical(data, what):
    value = json.loads(data)
    require(rfc8785.dumps(value) == data, f"{what} is not canonical")
    return value


def record_of(data):
    envelope = json.loads(data)
    payload = base64.b64decode(envelope["payload"])
    require(envelope["payloadType"].encode() == TYPE, "another payload type")
    record = canonical(payload, "the record")
    signed = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(payload), payload)
    key = nacl.signing.VerifyKey(from_base32(record["publisher"]))
    key.verify(signed, base64.b64decode(envelope["signatures"][0]["sig"]))
    return record


def check_link(link, folder, run, known):
    place = folder / "checkpoints" / f"step-{link['step']:08d}"
    data = {name: (place / name).read_bytes() for name in (ADAPTER, OPTIMISER, STATE)}
    for name, member in ((ADAPTER, "adapter"), (OPTIMISER, "optimiser"), (STATE, "state")):
        require(digest(data[name]) == link[member], f"{place.name}/{name} has another hash")
    state = canonical(data[STATE], f"{place.name}/{STATE}")
    seal = state.pop("seal")
    require(digest(b"plasmid-checkpoint-v1" + rfc8785.dumps(state)) == seal, f"the seal of {place.name}")
    require(state["run"] == run and state["step"] == link["step"], f"{place.name} belongs elsewhere")
    require(all(state[name] == link[name] for name in ("adapter", "optimiser")), f"{place.name} contradicts itself")
    require(state.get("previous") == link.get("previous"), f"{place.name} has another one before it")
    require("previous" not in link or link["previous"] in known, f"{place.name} hangs on nothing")
    factors, means = tensors(data[ADAPTER]), tensors(data[OPTIMISER])
    names = {name.removesuffix(".weight") + ending for name in factors for ending in (".means", ".squares")}
    require(set(means) == names, f"{place.name} has means of other factors")
    require(link["step"] > 0 or not any(value.any() for value in means.values()), "means before the first step")


def main(envelope, folder):
    record = record_of(Path(envelope).read_bytes())
    folder = Path(folder)
    recipe = (folder / "recipe.json").read_bytes()
    canonical(recipe, "the recipe")
    run = digest(b"plasmid-run-v1" + recipe)
    require(run == record["run"], "the recipe is another run's")
    require(digest(recipe) == record["recipe"]["blob"], "the recipe has another hash")
    observations = (folder / "observations.jsonl").read_bytes()
    require(digest(observations) == record["observations"]["blob"], "the observations have another hash")
    known = set()
    for link in record["checkpoints"]:
        check_link(link, folder, run, known)
        known.add(link["state"])
    outputs = record["outputs"]
    result = [link for link in record["checkpoints"] if link["step"] == outputs["step"]]
    require(result and result[0]["adapter"] == outputs["adapter"]["blob"], "the result is no checkpoint")
    steps = [entry["step"] for entry in map(json.loads, observations.splitlines()) if "step" in entry]
    require(steps == list(range(outputs["steps"])), "the observations do not count the steps")
    print(json.dumps({"ok": True, "run": run, "checkpoints": len(known), "steps": len(steps)}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
