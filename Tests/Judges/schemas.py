#!/usr/bin/env python3
"""Judges JSON Schemas and documents with PyPI `jsonschema`.

    schemas.py < INPUT      {"schemas": {NAME: SCHEMA}, "documents": [{"schema": NAME,
                            "taken": BOOL, "json": DOCUMENT}]}

Every schema must be one of draft 2020-12. A document that the node takes must pass its schema: the
first that do not are printed, and the exit code is 1. Of those that the node refuses the number
that pass is printed, with the first few: rules that no schema can tell.

A document of a type or kind is also held against that name's own schema.
"""

import json
import sys

from jsonschema import Draft202012Validator


def narrower(name, document, schemas):
    """The schemas that a document must pass."""
    own = document.get({"layer": "type", "statement": "kind"}.get(name, ""), None)
    names = [name]
    if isinstance(own, str) and own in schemas and own not in names:
        names.append(own)
    return names


def main():
    given = json.load(sys.stdin)
    validators = {}
    for name, schema in given["schemas"].items():
        Draft202012Validator.check_schema(schema)
        validators[name] = Draft202012Validator(schema)
    missed, shown, wrong = 0, [], []
    for entry in given["documents"]:
        document = entry["json"]
        passes = True
        for name in narrower(entry["schema"], document, given["schemas"]):
            fault = next(validators[name].iter_errors(document), None)
            if fault is None:
                continue
            passes = False
            if entry["taken"]:
                where = "/".join(str(part) for part in fault.absolute_path)
                wrong.append({"refused": name, "at": where, "why": fault.message[:300]})
        if passes and not entry["taken"]:
            missed += 1
            if len(shown) < 5:
                shown.append(json.dumps(document)[:600])
    if wrong:
        print(json.dumps(wrong[:10]))
        sys.exit(1)
    print(json.dumps({"documents": len(given["documents"]), "missed": missed, "shown": shown}))


main()
