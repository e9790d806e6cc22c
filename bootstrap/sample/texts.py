"""Plain text from the Debian packages the sample models are trained on.

    apt-get install debian-handbook bible-kjv bible-kjv-text

or, without installing anything:

    apt-get download debian-handbook bible-kjv bible-kjv-text
    for package in *.deb; do dpkg -x "$package" unpacked; done

and then `make.py --root unpacked`. `bible-kjv` is only the reader of the
packed file that `bible-kjv-text` installs.
"""

import random
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

BLOCK = {"div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "tr", "table", "ul", "ol", "dl"}
SKIPPED_TAGS = {"head", "script", "style"}
SKIPPED_CLASSES = {"docnav", "toc", "footnotes", "indexterm", "mediaobject"}
SKIPPED_IDS = {"banner", "title"}
VOID = {"br", "img", "hr", "meta", "link", "input", "col"}
LEFT_OUT = {"index.html", "ix01.html"}


class Page(HTMLParser):
    """Collects the paragraphs of one handbook page; navigation is left out."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.words, self.skipping, self.verbatim = [], [], 0, 0

    def flush(self):
        text = "".join(self.words)
        if not self.verbatim:
            text = re.sub(r"\s+", " ", text)
        text = text.strip("\n") if self.verbatim else text.strip()
        if text.strip():
            self.blocks.append(text)
        self.words = []

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        facts = dict(attributes)
        classes = set((facts.get("class") or "").split())
        skip = tag in SKIPPED_TAGS or classes & SKIPPED_CLASSES or facts.get("id") in SKIPPED_IDS
        if self.skipping or skip:
            self.skipping += 1
            return
        if tag == "pre":
            self.flush()
            self.verbatim += 1
        elif tag in BLOCK and not self.verbatim:
            self.flush()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if self.skipping:
            self.skipping -= 1
        elif tag == "pre":
            self.flush()
            self.verbatim -= 1
        elif tag in BLOCK and not self.verbatim:
            self.flush()

    def handle_startendtag(self, tag, attributes):
        if tag == "br" and not self.skipping:
            self.words.append("\n")

    def handle_data(self, text):
        if not self.skipping:
            self.words.append(text)


def handbook(root):
    """One document per page of the English handbook, in order of file name."""
    documents = []
    folder = Path(root) / "usr/share/doc/debian-handbook/html/en-US"
    for path in sorted(folder.glob("*.html")):
        if path.name in LEFT_OUT:
            continue
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        page.close()
        page.flush()
        text = "\n\n".join(page.blocks).replace("\u00a0", " ")
        if len(text) > 200:
            documents.append(text + "\n")
    return documents


def bible(root):
    """One document per chapter of the King James text: its verses, one a line."""
    root = Path(root)
    command = [str(root / "usr/bin/bible"), "-p", f"{root}/usr/lib/", "-f", "gen1:1-rev22:21"]
    verses = subprocess.run(command, check=True, capture_output=True, text=True, encoding="latin-1").stdout
    chapters = {}
    for line in verses.splitlines():
        place, text = line.split(" ", 1)
        chapters.setdefault(place.split(":")[0], []).append(text.strip())
    return ["\n".join(lines) + "\n" for lines in chapters.values()]


def held_out(documents, share, seed):
    """Splits documents into (training, held out) by a seeded draw."""
    order = list(range(len(documents)))
    random.Random(seed).shuffle(order)
    apart = set(order[: max(1, round(len(documents) * share))])
    train = [text for index, text in enumerate(documents) if index not in apart]
    return train, [documents[index] for index in sorted(apart)]
