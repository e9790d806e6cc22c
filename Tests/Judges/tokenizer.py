#!/usr/bin/env python3
"""Judges our tokenizer with PyPI `tokenizers`.

    tokenizer.py --vectors > Tests/Vectors/tokenizer.json
    tokenizer.py --write CASE VECTORS      the tokenizer.json of one case
    tokenizer.py --judge TOKENIZER < TEXTS > ANSWERS

TEXTS are JSON strings, one a line; an answer is `[ids, decoded]`. The vectors
hold small tokenizers that cover every component, and for each the digests of
what PyPI `tokenizers` makes of random strings. The strings are not stored:
`text(seed)` below and its twin in Swift make the same ones.
"""

import hashlib
import json
import sys

MASK = (1 << 64) - 1
BLOCKS, BLOCK = 2, 150
LONG = 25_000
SPACES = [" ", "\t", "\n", "\r", "\x0b", "\x0c", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000",
          "\u200b"]
FRAGMENTS = [
    "the", " quick", "Brown fox", "'s", "'S", "'t", "'re", "'VE", "'m", "'ll", "'LL", "'d", "don't", "I'M",
    "it\u2019s", "'\u017f", "x'\u017fy", " ", "  ", "   ", "\n", "\r\n", "\n\n", " \n", "\t", "\t\n ", "1", "12",
    "123", "1234567", " 42", "3.14", "1,000", "\xb2\xbd", "\u2167", "\u0664\u0665", "caf\xe9", "cafe\u0301",
    "\xc5ngstr\xf6m", "A\u030a", "\u1e9b\u0323", "\ufb01", "\u01c4", "\u0130", "\xdf", "\u1e9e",
    "\u03a3\u03b1\u03c2", "\u4f60\u597d\uff0c\u4e16\u754c", "\u3053\u3093\u306b\u3061\u306f",
    "\u30ab\u30bf\u30ab\u30ca", "\ud55c\uad6d\uc5b4", "\u1112\u1161\u11ab", "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    "\u0939\u093f\u0928\u094d\u0926\u0940", "\u043f\u0440\u0438\u0432\u0435\u0442 ",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "\u2764\ufe0f",
    "\u200b", "\u200d", "\ufeff", "\u202e", "\xad", "\0", "\x07", "\x7f", "\x85", "\u2028", "<|end|>", " <|end|> ",
    "<|begin|>", "<|mask|>", "  <|mask|>  ", "<|word|>", "a<|word|>", "<|word|> ", "<|Loud|>", "<|LOUD|>",
    "<|loud\xe9|>", "<|loude\u0301|>", "<0x0A>", "\u2581", "\u2581\u2581", "\u0120", "\u010a", "!!!", "...", "--",
    ":)", "==", "/", "//", "#", "_", "a_b", "if (x) {\n    return;\n}", "def f(x):\n\treturn x",
    "https://a.b/c?d=e&f", "HTTPServer", "camelCaseWord", "iPhone", "McDonald", "\ud7ff", "\ue000", "\ufffd",
    "\U0010ffff", "\u0378", "\u0fda", "\U0001e900\U0001e922", "\ua7cb", "\u1c89", "o\u0308\u0323", "o\u0323\u0308",
    "\u0344", "\u212b", "\u2126", "\u0958", "\ufb1d", "\u3099", "\u304b\u3099", "\uff21\uff22", "\u2460", "\u33c2",
    "\xa0", "\u3000", "\u2003",
]


class Source:
    """splitmix64."""

    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound):
        return self.next() % bound


def scalar(value):
    return chr(0xFFFD if 0xD800 <= value < 0xE000 else value)


def text(seed):
    source, out = Source(seed), []
    for _ in range(source.below(14)):
        kind = source.below(16)
        if kind <= 5:
            out.append(FRAGMENTS[source.below(len(FRAGMENTS))])
            continue
        for _ in range(1 + source.below(5)):
            if kind == 6:
                out.append(SPACES[source.below(len(SPACES))])
            elif kind == 7:
                out.append(chr(0x30 + source.below(10)))
            elif kind == 8:
                out.append(chr(0x20 + source.below(95)))
            elif kind == 9:
                out.append(scalar(0xA0 + source.below(0xFF60)))
            elif kind == 10:
                out.append(chr(0x4E00 + source.below(0x5200)))
            elif kind == 11:
                out.append(scalar(source.below(0x110000)))
            elif kind == 12:
                out.append(chr(0x1F300 + source.below(0x400)))
            elif kind == 13:
                out.append("aeiou"[source.below(5)])
                out.append(chr(0x300 + source.below(0x70)))
            elif kind == 14:
                out.append(chr(0xC0 + source.below(0x600)))
            else:
                out.append(chr(0x41 + source.below(26) + 32 * source.below(2)))
    return "".join(out)


UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LED = r"[^\r\n\p{L}\p{N}]?"
REST = r"\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = CONTRACTIONS + "|" + LED + r"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + REST
PATTERNS = {
    "llama3": LLAMA3,
    "qwen2": LLAMA3.replace("{1,3}", ""),
    "marked": CONTRACTIONS + "|" + LED + r"[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + REST,
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "tekken": f"{LED}{UPPER}*{LOWER}+|{LED}{UPPER}+{LOWER}*|" + r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + REST,
    "o200k": f"{LED}{UPPER}*{LOWER}+{CONTRACTIONS}?|{LED}{UPPER}+{LOWER}*{CONTRACTIONS}?|"
    + r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + REST,
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|"
    r"\s*[\r\n]|\s+(?!\S)|\s",
    "deepseek": r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"
    r" ?[\p{P}\p{S}]+[\r\n]*|" + REST,
    "scripts": r"\p{Han}+|[\p{L}&&[^\p{Han}]]+|\p{Thai}+|\p{Common}",
    "behind": r"(?<=\d)[a-z]+|(?<!\s)\w+?\b|(?>a|ab)c|(?i:k+)",
    "empty": r"x*|(?:a*)*b",
}


def byte_level(**options):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **options}


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def sequence(kind, *steps):
    return {"type": "Sequence", kind: list(steps)}


def added(content, place, **options):
    base = {"id": place, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}
    return {**base, **options}


def case(name, vocabulary="bytes", **parts):
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
             "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
             **parts.pop("model", {})}
    tokenizer = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": ADDED[vocabulary],
                 "normalizer": None, "pre_tokenizer": byte_level(), "post_processor": None,
                 "decoder": byte_level(), "model": model, **parts}
    return {"name": name, "vocabulary": vocabulary, "tokenizer": tokenizer}


ADDED = {}


def tokens_behind(vocabulary):
    """Added tokens with the ids that `tokenizers` gives them: the vocabulary's, else the next."""
    options = {"<|begin|>": {}, "<|end|>": {}, "<|mask|>": {"lstrip": True, "rstrip": True},
               "<|word|>": {"single_word": True, "special": False},
               "<|Loud|>": {"normalized": True, "special": False},
               "<|loud\xe9|>": {"normalized": True, "special": False}}
    tokens, following = [], len(vocabulary)
    for content, rules in options.items():
        known = vocabulary.get(content)
        tokens.append(added(content, following if known is None else known, **rules))
        following += known is None
    return tokens


def cases(vocabularies):
    for name, model in vocabularies.items():
        ADDED[name] = tokens_behind(model["vocab"])
    plain = byte_level(use_regex=False)
    yield case("byte level")
    yield case("byte level with a space", pre_tokenizer=byte_level(add_prefix_space=True))
    for name, pattern in PATTERNS.items():
        yield case(name, pre_tokenizer=sequence("pretokenizers", split(pattern), plain))
        engine = f"(?:{pattern})"
        if name in ("llama3", "qwen2", "marked", "gpt2", "tekken", "o200k"):
            yield case(name + " by the engine", pre_tokenizer=sequence("pretokenizers", split(engine), plain))
    yield case("ignored merges", pre_tokenizer=sequence("pretokenizers", split(LLAMA3), plain),
               model={"ignore_merges": True})
    for behavior in ("Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        for invert in (False, True):
            yield case(f"{behavior} {invert}", pre_tokenizer=sequence(
                "pretokenizers", split(r"\p{N}{2}|[aeiou]+\s?", behavior, invert), plain))
    for name, step in {
        "digits": {"type": "Digits", "individual_digits": True},
        "digits together": {"type": "Digits", "individual_digits": False},
        "whitespace": {"type": "Whitespace"}, "whitespace split": {"type": "WhitespaceSplit"},
        "punctuation": {"type": "Punctuation", "behavior": "Isolated"},
        "metaspace before bytes": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first",
                                   "split": True},
        "text": {"type": "Split", "pattern": {"String": "a"}, "behavior": "MergedWithNext", "invert": False},
    }.items():
        yield case(name, pre_tokenizer=sequence("pretokenizers", step, byte_level()))
    for form in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"):
        yield case(form, normalizer={"type": form})
    yield case("strip and replace", normalizer=sequence(
        "normalizers", {"type": "Strip", "strip_left": True, "strip_right": True},
        {"type": "Replace", "pattern": {"Regex": r"\s{2,}|[\p{Lu}]"}, "content": "_"},
        {"type": "Replace", "pattern": {"String": "e"}, "content": "ee"}, {"type": "NFD"},
        {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Prepend", "prepend": "=>"}))
    yield case("bytes as a normalizer", normalizer={"type": "ByteLevel"}, pre_tokenizer=None)
    begin = {"id": "<|begin|>", "ids": [0], "tokens": ["<|begin|>"]}
    end = {"id": "<|end|>", "ids": [1, 2], "tokens": ["<|end|>", "!"]}
    yield case("template", post_processor=sequence("processors", byte_level(), {
        "type": "TemplateProcessing", "special_tokens": {"<|begin|>": begin, "<|end|>": end},
        "single": [{"SpecialToken": {"id": "<|begin|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                   {"SpecialToken": {"id": "<|end|>", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]}))
    yield case("roberta", post_processor={"type": "RobertaProcessing", "sep": ["<|end|>", 1],
                                          "cls": ["<|begin|>", 0], "trim_offsets": True, "add_prefix_space": True})
    yield case("bert", post_processor={"type": "BertProcessing", "sep": ["<|end|>", 1], "cls": ["<|begin|>", 0]},
               decoder=None)
    back = sequence("decoders", {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                    {"type": "ByteFallback"}, {"type": "Fuse"},
                    {"type": "Strip", "content": " ", "start": 1, "stop": 0})
    old = sequence("normalizers", {"type": "Prepend", "prepend": "\u2581"},
                   {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})
    falls = {"byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"}
    yield case("llama2", "letters", normalizer=old, pre_tokenizer=None, decoder=back, model=falls)
    for scheme in ("first", "never", "always"):
        space = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": scheme != "never"}
        yield case("metaspace " + scheme, "letters", pre_tokenizer=space, decoder=space,
                   model={"unk_token": "<unk>", "fuse_unk": scheme == "first"})
    yield case("unknown dropped", "letters", pre_tokenizer={"type": "WhitespaceSplit"}, decoder=None)
    yield case("suffix", "suffixed", normalizer={"type": "Lowercase"}, pre_tokenizer={"type": "Whitespace"},
               decoder={"type": "BPEDecoder", "suffix": "</w>"},
               model={"unk_token": "<unk>", "end_of_word_suffix": "</w>"})
    yield case("prefix", "prefixed", pre_tokenizer=sequence("pretokenizers", {"type": "Whitespace"}),
               decoder=None, model={"unk_token": "<unk>", "continuing_subword_prefix": "##"})


def train(kind):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    special = ["<|begin|>", "<|end|>"] if kind == "bytes" else ["<|begin|>", "<|end|>", "<unk>"]
    options = {"unk_token": "<unk>"} if kind != "bytes" else {}
    trainer = {"vocab_size": 560, "show_progress": False, "special_tokens": special}
    tokenizer = Tokenizer(models.BPE(**options))
    if kind == "bytes":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer["initial_alphabet"] = pre_tokenizers.ByteLevel.alphabet()
    elif kind == "letters":
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer["special_tokens"] = special + [f"<0x{byte:02X}>" for byte in range(256)]
        trainer["limit_alphabet"] = 120
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer["limit_alphabet"] = 120
        trainer["end_of_word_suffix" if kind == "suffixed" else "continuing_subword_prefix"] = (
            "</w>" if kind == "suffixed" else "##")
    english = [word for fragment in FRAGMENTS for word in [fragment, " " + fragment] if fragment.isascii()]
    corpus = english * 20 + [text(10**9 + index) for index in range(4000)]
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(**trainer))
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": model["vocab"], "merges": model["merges"]}


def assembled(entry, vocabularies):
    tokenizer = json.loads(json.dumps(entry["tokenizer"]))
    tokenizer["model"].update(vocabularies[entry["vocabulary"]])
    return json.dumps(tokenizer, ensure_ascii=False)


def answer(tokenizer, given):
    ids = tokenizer.encode(given).ids
    return ids, tokenizer.decode(ids)


def digest(tokenizer, seeds):
    state = hashlib.sha256()
    for seed in seeds:
        ids, back = answer(tokenizer, text(seed))
        state.update((",".join(map(str, ids)) + "\n" + back + "\n").encode())
    return state.hexdigest()[:16]


def vectors():
    import tokenizers

    vocabularies = {kind: train(kind) for kind in ("bytes", "letters", "suffixed", "prefixed")}
    entries = list(cases(vocabularies))
    for number, entry in enumerate(entries):
        tokenizer = tokenizers.Tokenizer.from_str(assembled(entry, vocabularies))
        seed = entry["seed"] = number * 1_000_000
        entry["blocks"] = [
            digest(tokenizer, range(seed + index * BLOCK, seed + (index + 1) * BLOCK)) for index in range(BLOCKS)
        ]
        entry["long"] = digest(tokenizer, range(seed, seed + LONG))
        given = "Hello  W\xf6rld's\n <|mask|> \U0001f469\u200d\U0001f467 123"
        entry["explicit"] = [given, *answer(tokenizer, given)]
    document = {"tokenizers": tokenizers.__version__, "block": BLOCK, "longCount": LONG, "fragments": FRAGMENTS,
                "spaces": SPACES, "vocabularies": vocabularies, "cases": entries}
    json.dump(document, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    print()


def main():
    if sys.argv[1:2] == ["--vectors"]:
        vectors()
    elif sys.argv[1:2] == ["--write"]:
        document = json.load(open(sys.argv[3], encoding="utf-8"))
        entry = next(entry for entry in document["cases"] if entry["name"] == sys.argv[2])
        print(assembled(entry, document["vocabularies"]))
    elif sys.argv[1:2] == ["--judge"]:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(sys.argv[2])
        for line in sys.stdin:
            print(json.dumps(answer(tokenizer, json.loads(line))))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
