#!/usr/bin/env python3
"""Judges the interpreter of chat templates with jinja2, set up as Transformers sets it up.

    templates.py                     writes Tests/Vectors/templates.json: our own templates and small expressions
    templates.py --wild DIR --out F  renders every DIR/*.jinja with our conversations into the cases of F; then
                                     PLASMID_TEMPLATE_CASES=F swift test --filter ChatTemplateTests compares.
                                     Good DIR: vendor/llama.cpp/models/templates in the source package of PyPI's
                                     llama-cpp-python.

Both sides see the date 2024-07-26 14:05:09. A case without "text" is one that jinja2 refuses too.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

from transformers.utils import chat_template_utils

from templates_cases import BLOCKS, CONVERSATIONS, ERRORS, EXPRESSIONS, STYLES, VARIABLES

TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 14, 5, 9)


chat_template_utils.datetime = Clock


def rendered(source, variables):
    """The text and what the assistant said, or None where jinja2 refuses."""
    try:
        template = chat_template_utils._compile_jinja_template(source)
        blocks, generated = [], []
        with template.environment.activate_tracker(blocks, generated):
            for block in template.generate(**variables):
                blocks.append(block)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"[:120]}
    result = {"text": "".join(blocks)}
    if generated:
        result["generated"] = generated
    try:
        result["text"].encode()
    except UnicodeError:
        return {"refused": "a lone surrogate"}
    return result


def sets():
    """Every conversation, with and without the start of an answer."""
    found = {}
    for name, conversation in CONVERSATIONS.items():
        for prompt in (True, False):
            found[f"{name}{'+' if prompt else ''}"] = {
                **TOKENS, "tools": None, "documents": None, **conversation, "add_generation_prompt": prompt}
    return found


def crossed(templates):
    shared = sets()
    cases = []
    for name, source in templates.items():
        for key, variables in shared.items():
            cases.append({"name": f"{name} x {key}", "template": name, "set": key, **rendered(source, variables)})
    return {"sets": shared, "templates": templates, "cases": cases}


def small():
    cases = []
    for number, text in enumerate(EXPRESSIONS):
        source = "{{ " + text + " }}"
        cases.append({"name": text, "source": source, "variables": VARIABLES, **rendered(source, VARIABLES)})
    for source in BLOCKS + ERRORS:
        cases.append({"name": source[:60], "source": source, "variables": VARIABLES, **rendered(source, VARIABLES)})
    wrong = [case for case in cases if (case["source"] in ERRORS) == ("text" in case)]
    if wrong:
        raise SystemExit("\n".join(f"{case['name']}: {case.get('refused', 'is not refused')}" for case in wrong))
    for case in cases:
        case["set"] = "small"
        del case["variables"]
    return cases


def dump(document, path):
    """One line for each set, template and case."""
    def lines(items):
        return ",\n  ".join(items)
    parts = []
    for key in ("sets", "templates"):
        members = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in document[key].items())
        parts.append(f'"{key}": {{\n  {lines(members)}\n }}')
    parts.append(f'"cases": [\n  {lines(json.dumps(case) for case in document["cases"])}\n ]')
    path.write_text("{\n " + ",\n ".join(parts) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wild", type=Path)
    parser.add_argument("--out", type=Path,
                        default=Path(__file__).resolve().parent.parent / "Vectors" / "templates.json")
    options = parser.parse_args()
    if options.wild:
        document = crossed({path.stem: path.read_text() for path in sorted(options.wild.glob("*.jinja"))})
    else:
        document = crossed(STYLES)
        document["sets"]["small"] = VARIABLES
        document["cases"] += small()
    refused = sum("refused" in case for case in document["cases"])
    print(f"{len(document['templates'])} templates, {len(document['cases'])} cases, {refused} of them refused")
    dump(document, options.out)


if __name__ == "__main__":
    sys.exit(main())
