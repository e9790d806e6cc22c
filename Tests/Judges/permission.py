#!/usr/bin/env python3
"""Writes the table of decisions from the specification, without looking at the program.

    permission.py > Tests/Vectors/permission.txt

Four visibilities, four kinds of terms, six who ask, nine actions: 864 answers. The setting: a node
that is not the layer's publisher holds the layer and seeds; the layer may travel everywhere; whoever
asks says that the use is commercial.

The rules are written here as sets of who may, not as a sequence of checks, so that this is a second
statement of the same specification: an answer is the reason that comes first in PRECEDENCE.
"""

VISIBILITIES = ["public", "organization", "whitelist", "private"]
TERMS = ["open", "accept", "noncommercial", "unknown"]
WHO = ["publisher", "member", "named", "grantee", "accepted", "stranger"]
ACTIONS = ["see", "fetch", "serve", "mirror", "announce", "publish", "train", "derive", "run"]

# Who may know that the layer exists. `member` has every right in the organisation; `named` holds a
# grant of every command and `grantee` one to read, but grants count for whitelist layers alone.
KNOWS = {
    "public": set(WHO),
    "organization": {"publisher", "member"},
    "whitelist": {"publisher", "named", "grantee"},
    "private": {"publisher"},
}

TAKES = {"fetch", "serve", "mirror"}
USES = {"train", "derive", "run"}


def reasons(visibility, terms, who, action):
    """All reasons against it."""
    if who not in KNOWS[visibility]:
        yield "hidden"
    if visibility == "whitelist" and who == "grantee" and action in USES | {"mirror"}:
        yield "notGranted"
    # A record reaches everyone, so only public layers have one.
    if action == "announce" and visibility != "public":
        yield "scope"
    # Only the key that signed a layer publishes it; for an organisation it must also be a member,
    # which the publisher of this table is not.
    if action == "publish":
        if who != "publisher":
            yield "notPublisher"
        elif visibility == "organization":
            yield "notMember"
    # Terms bind everyone but whoever gave them. This node is another holder: to serve or announce
    # is to pass on, whoever asks; so is a mirror's copy.
    passes_on = action == "mirror" or action in {"serve", "announce"}
    if who != "publisher":
        if terms == "unknown" and passes_on:
            yield "unknownTerms"
        if terms == "noncommercial" and action in TAKES | USES:
            yield "nonCommercial"
        if terms == "accept" and action in TAKES | USES and who != "accepted":
            yield "notAccepted"


PRECEDENCE = [
    "hidden", "notGranted", "scope", "notPublisher", "notMember", "unknownTerms", "nonCommercial",
    "notAccepted",
]


def answer(*cell):
    found = set(reasons(*cell))
    return next((rule for rule in PRECEDENCE if rule in found), "allow")


def main():
    for visibility in VISIBILITIES:
        for terms in TERMS:
            print(f"# {visibility}, {terms}")
            rows = [["", *ACTIONS]] + [
                [who, *(answer(visibility, terms, who, action) for action in ACTIONS)] for who in WHO]
            widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
            for row in rows:
                print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
            print()


if __name__ == "__main__":
    main()
