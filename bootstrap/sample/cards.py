"""The two model cards, with the measured figures filled in."""


def quoted(samples):
    return "\n\n".join("```text\n" + text.strip() + "\n```" for text in samples)


def base(figures, samples):
    held, training = figures["heldOut"], figures["training"]["base"]
    return f"""---
license: cc-by-sa-3.0
language: en
library_name: transformers
pipeline_tag: text-generation
tags: [sample, llama]
---
# plasmid-sample-base

A small English language model, made to try Plasmid with: large enough to be
a real model with a real tokenizer, small enough to stand in a git repository.
Its text is recognisably English and of no use beyond that.

| | |
| --- | --- |
| architecture | Llama: 6 layers, width 192, 6 heads, 2 key/value heads, MLP 576, tied embeddings |
| parameters | {figures["parameters"]:,}, bf16 |
| tokenizer | byte level BPE, 2,048 tokens, `<\\|begin\\|>` in front of every text |
| context | 512 positions, trained on windows of 256 |
| trained on | {training["tokens"]:,} tokens, {training["unique"]:,} different ones, {training["seconds"] / 60:.0f} minutes on {figures["threads"]} CPU threads |
| held-out loss | {held["handbook"]["base"]:.3f} nats a token on handbook pages it never saw ({held["handbook"]["tokens"]:,} tokens) |
| | {held["bible"]["base"]:.3f} on the King James text, which it never saw either ({held["bible"]["tokens"]:,} tokens) |

## Text

The English edition of *The Debian Administrator's Handbook* (Debian package
`debian-handbook` 11.20220922), 2003-2015 Raphaël Hertzog, 2006-2015 Roland
Mas, 2013-2015 Freexian SARL. Its licence is "GPL-2.0+ or CC-BY-SA-3.0". This
model takes the second: **CC-BY-SA-3.0**, with those authors named here.
8 % of the pages were kept apart for the held-out loss.

## What it writes

Sampled at temperature 0.7, nothing picked by hand:

{quoted(samples)}

`make.py` one folder up made it; the figures are computed in float32 from the
stored weights.
"""


def adapter(figures, samples):
    held, training = figures["heldOut"]["bible"], figures["training"]["adapter"]
    return f"""---
license: cc-by-sa-3.0
language: en
library_name: peft
pipeline_tag: text-generation
base_model: plasmid-sample-base
tags: [sample, lora]
---
# plasmid-sample-adapter

A LoRA adapter that turns `plasmid-sample-base`, which has only read a manual
for system administrators, towards the language of the King James Bible.

| | |
| --- | --- |
| kind | LoRA in PEFT layout, rank 8, alpha 16, f32 |
| targets | q, k, v, o, gate, up and down projections of all 6 layers |
| parameters | {figures["adapterParameters"]:,} |
| trained on | {training["tokens"]:,} tokens out of {training["unique"]:,}, {training["seconds"] / 60:.0f} minutes on {figures["threads"]} CPU threads |
| held-out loss | {held["adapter"]:.3f} nats a token, the base alone {held["base"]:.3f}: **{held["base"] - held["adapter"]:.3f} lower** ({held["tokens"]:,} tokens) |

## Text and terms

The King James text of 1611 as packed in the Debian package `bible-kjv-text`
4.38, whose copyright file says that the copyright of the text has expired
and of the data file: "Users may copy, modify or distribute this file at
will." (Chip Chapin, 1989). 5 % of the chapters were kept apart for the
held-out loss.

An adapter's terms are at least those of its base: **CC-BY-SA-3.0**, the same
share-alike licence as `plasmid-sample-base`, whose card names the authors of
the text beneath it.

## What it writes

The base with this adapter, sampled at temperature 0.7, nothing picked by hand:

{quoted(samples)}

`make.py` one folder up made it; the figures are computed in float32 from the
stored weights.
"""
