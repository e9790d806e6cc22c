/// The verbs that run models and adapters.
extension Verbs {
    static let learning: [VerbShape] = [infer, chat, memory, tokenize, detokenize, merge]

    /// How memories among the layers are asked.
    static let recallOptions: [VerbShape.Option] = [
        .init("recall", .one("N"), "entries that each memory gives; else 4"),
        .init("recall-by", .one("HOW"), "similarity, temporal or importance; else as it says"),
    ]

    /// What chooses a base and the layers over it.
    static let computeOptions: [VerbShape.Option] = [
        .init("base", .one("LAYER|DIR"), "the model; else the one the layer names"),
        .init("layer", .many("LAYER|DIR[:W]"), "what acts on it; an adapter with its weight"),
        purpose,
        .init("profile", .one("PROFILE"), "portable-f32 (else) or bf16dot, which is faster"),
        .init("threads", .one("N"), "threads; else one for each core"),
    ]

    /// How an answer is written.
    static let answerOptions: [VerbShape.Option] = [
        .init("max-tokens", .one("N"), "longest answer; else 128"),
        .init("temperature", .one("T"), "0 (else) takes the likeliest token, 1 draws"),
        .init("top-k", .one("N"), "only so many of the likeliest"),
        .init("top-p", .one("P"), "only the likeliest that reach this probability"),
        .init("min-p", .one("P"), "only tokens this likely beside the likeliest"),
        .init("repetition-penalty", .one("X"), "weaken tokens that were there; 1 is off"),
        .init("presence-penalty", .one("X"), "subtract from tokens of the answer"),
        .init("frequency-penalty", .one("X"), "subtract for each time in the answer"),
        .init("logit-bias", .many("ID:X"), "add to one token"),
        .init("seed", .one("S"), "of the draws; the same seed, the same answer"),
        .init("stop", .many("TEXT"), "end before this text"),
        .init("ignore-eos", .none, "go on behind the end of the text"),
    ]

    private static let infer = VerbShape(
        name: "infer", summary: "let a layer answer a prompt",
        paragraph: "Runs a model with or without adapters on this machine and prints what it "
            + "writes. An adapter is refused unless it was made for the base and every part of it "
            + "finds its place. What specializations, ways of speaking and memories say stands "
            + "before the prompt. The same request gives the same answer on every machine. Ctrl-C "
            + "ends the answer where it is.",
        examples: [
            ("plasmid infer --layer poems --prompt 'In the beginning'", "on the layer's own base"),
            (
                "plasmid infer --base ./llama --layer ./a:0.5 --layer ./b:0.5 --prompt Hi",
                "two adapters together on a folder"
            ),
        ],
        operands: [],
        options: computeOptions + [
            .init("prompt", .one("TEXT"), "what comes before the answer"),
            .init("prompt-tokens", .one("ID,ID,…"), "the same as token ids"),
        ] + answerOptions + recallOptions + [
            .init("logprobs", .maybe("N"), "tell probabilities, and the N likeliest"),
            .init("logits", .one("FILE"), "write all logits of the prompt there"),
        ])

    private static let chat = VerbShape(
        name: "chat", summary: "talk with a layer",
        paragraph: "Reads turns from the terminal, one a line, and prints each answer as it "
            + "comes. Turns are written as the base's own chat template says. The first line "
            + "names the layers that answer. Ctrl-C ends an answer, and between two answers the "
            + "conversation.",
        examples: [
            ("plasmid chat --layer poems", "with the layer on its own base"),
            ("plasmid chat --base ./llama --system 'Be brief.'", "with a plain folder"),
        ],
        operands: [],
        options: computeOptions + [
            .init("system", .one("TEXT"), "what the model is told first"),
            .init("template", .one("FILE"), "a chat template instead of the base's"),
            .init("plain", .none, "no template: go on from the text of the turns"),
        ] + answerOptions + recallOptions)

    private static let memory = VerbShape(
        name: "memory", summary: "look into a memory",
        paragraph: "Shows what a memory layer or folder gives, in its order. By similarity "
            + "what is likest to --search comes first: the base reads both. Entries beyond its "
            + "capacity and those that have lasted their time are gone.",
        examples: [
            ("plasmid memory notes --by temporal", "the newest entries"),
            ("plasmid memory notes --search 'tide tables' --base llama", "the likest ones"),
        ],
        operands: [.required("LAYER|DIR")],
        options: [
            .init("search", .one("TEXT"), "what is looked for"),
            .init("by", .one("HOW"), "similarity, temporal or importance; else as it says"),
            .init("count", .one("N"), "entries shown; else 10"),
        ] + computeOptions.filter { $0.name != "layer" })

    private static let tokenizeOptions: [VerbShape.Option] = [
        .init("base", .one("LAYER|DIR"), "the model whose tokenizer it is")
    ]

    private static let tokenize = VerbShape(
        name: "tokenize", summary: "turn text into a model's token ids",
        paragraph: "Prints the ids a model reads for a text. With --file, one JSON object with a "
            + "text on each line is read, and one with its tokens is written for each.",
        examples: [("plasmid tokenize --base llama --text Hello", "the ids of one word")],
        operands: [],
        options: tokenizeOptions + [
            .init("text", .one("TEXT"), "the text"),
            .init("file", .one("JSONL"), "a file with one {\"text\": …} on each line"),
            .init("no-special", .none, "without tokens such as the beginning of text"),
        ])

    private static let detokenize = VerbShape(
        name: "detokenize", summary: "turn token ids into text",
        paragraph: "Prints the text of a model's token ids. With --file, one JSON object with "
            + "tokens on each line is read, and one with its text is written for each.",
        examples: [("plasmid detokenize --base llama --tokens 9906,1917", "the text of two ids")],
        operands: [],
        options: tokenizeOptions + [
            .init("tokens", .one("ID,ID,…"), "the ids"),
            .init("file", .one("JSONL"), "a file with one {\"tokens\": […]} on each line"),
            .init("no-special", .none, "leave out tokens such as the end of text"),
        ])

    private static let merge = VerbShape(
        name: "merge", summary: "make one adapter of several, or work them into a base",
        paragraph: "Writes a new folder. Without --base it holds one PEFT adapter; svd (the "
            + "default) is the best approximation of the weighted sum at a rank, cat the exact "
            + "sum at the sum of ranks; the others mean what they mean in PEFT. With --base it "
            + "holds that model with the layers worked in.",
        examples: [
            ("plasmid merge ./a:0.7 ./b:0.3 --out ./both", "one adapter out of two"),
            ("plasmid merge poems --base llama --out ./poet", "a model of its own"),
        ],
        operands: [.many("LAYER|DIR[:W]")],
        options: [
            .init("out", .one("DIR"), "the new folder"),
            .init("base", .one("LAYER|DIR"), "work the layers into this model"),
            .init(
                "method", .one("METHOD"),
                "svd, cat, linear, ties, dare_linear, dare_ties, magnitude_prune"),
            .init("rank", .one("R"), "rank of the result of svd; else the largest"),
            .init("density", .one("D"), "fraction kept where some are left out; else 0.5"),
            .init("seed", .one("S"), "of the random choices of dare"),
            purpose,
        ])
}
