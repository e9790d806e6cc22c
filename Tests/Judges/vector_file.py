"""What programs that write vectors share: they write the file anew, or check that it stands."""

import argparse
import json
import sys


def run(description, path, vectors, agreement):
    """--generate writes `vectors` to `path`, --check compares and says `agreement`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--check", action="store_true")
    choice = parser.parse_args()
    text = json.dumps(vectors, indent=1) + "\n"
    if choice.generate:
        path.write_text(text)
    elif choice.check:
        if path.read_text() != text:
            sys.exit("the vectors are not what this program makes")
        print(agreement)
    else:
        parser.error("--generate or --check")
