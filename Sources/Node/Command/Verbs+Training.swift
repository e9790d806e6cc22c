/// The verbs that train.
extension Verbs {
    static let training: [VerbShape] = [train, jobs]

    private static let train = VerbShape(
        name: "train", summary: "train an adapter on your data",
        paragraph: "Trains LoRA factors on a base that is not changed, and makes a layer of them. "
            + "The same base, data and options give the same bytes on every machine, and the "
            + "layer carries what others need to do a part of the run again. Data are JSON lines "
            + "(text; prompt and completion; messages; input_ids), CSV or text. Ctrl-C saves the "
            + "state; the layer is private unless --share says otherwise.",
        examples: [
            (
                "plasmid train --base llama --data poems.jsonl --name poems --steps 200",
                "a private adapter"
            ),
            (
                "plasmid train --base ./llama --data a.jsonl --name a --detach",
                "without the terminal; jobs shows and ends it"
            ),
        ],
        operands: [],
        options: [
            .init("base", .one("LAYER|DIR"), "the model"),
            .init("data", .many("FILE"), "what is learned"),
            .init("name", .one("NAME"), "what the adapter is called"),
            .init("eval", .many("FILE"), "what it is judged by; stays here"),
            .init("eval-split", .one("F"), "set this part of the data aside to judge by"),
            .init("eval-every", .one("N"), "judge every N steps; else at the end"),
            .init("patience", .one("N"), "end after N evaluations without progress"),
            .init("keep", .one("best|last"), "which state is the result"),
        ] + shape + schedule + [
            .init("seq", .one("T"), "most tokens of an example; else 512"),
            .init("order", .one("given|shuffled"), "order of the examples; else shuffled"),
            .init("no-packing", .none, "one example a row"),
            .init("long", .one("HOW"), "longer records: refuse, truncate, skip or split"),
            .init("learn", .one("assistant|all"), "what of a conversation is learned"),
            .init("template", .one("FILE"), "a chat template instead of the base's"),
            .init("date", .one("DATE"), "what a template is told when it asks for the day"),
            .init("profile", .one("PROFILE"), "portable-f32 (else) or bf16dot, which is faster"),
            .init("threads", .one("N"), "threads; else one for each core"),
            .init("memory", .one("SIZE"), "most beside base and data; else what there is"),
            .init("checkpoint-steps", .one("N"), "save the state every N steps; else by time"),
            .init("keep-checkpoints", .one("K"), "parts that can be done again alone; else 8"),
            .init("detach", .none, "go on without the terminal"),
            purpose,
        ] + sharing)

    private static let shape: [VerbShape.Option] = [
        .init("rank", .one("R"), "inner dimension of the factors; else 8"),
        .init("alpha", .one("A"), "numerator of their scale; else 16"),
        .init("targets", .one("LIST"), "modules: names with commas, all-linear, or a pattern"),
        .init("rank-pattern", .many("MODULE=R"), "another rank there"),
        .init("alpha-pattern", .many("MODULE=A"), "another alpha there"),
        .init("rslora", .none, "scale by the root of the rank"),
        .init("init", .one("LAYER|DIR"), "start from this adapter"),
        .init("dropout", .one("P"), "share of inputs left out in a step; else 0"),
    ]

    private static let schedule: [VerbShape.Option] = [
        .init("steps", .one("N"), "optimiser steps; else 100"),
        .init("batch", .one("B"), "rows at once; else 4"),
        .init("accumulate", .one("N"), "batches of one step; else 1"),
        .init("lr", .one("X"), "largest learning rate; else 0.0002"),
        .init(
            "schedule", .one("S"), "constant, linear (else), cosine, wsd or inverse-sqrt"),
        .init("warmup", .one("N"), "steps over which it rises; else 0"),
        .init("weight-decay", .one("W"), "decoupled decay; else 0"),
        .init("clip", .one("C"), "largest norm of the gradient; else 1, 0 is off"),
        .init("seed", .one("S"), "of all that is drawn; else 0"),
    ]

    private static let sharing: [VerbShape.Option] = [
        .init("share", .none, "publish it under the terms given"),
        .init("visibility", .one("V"), "public, private, organization or whitelist"),
        .init("licence", .one("SPDX"), "its terms", aliases: ["license"]),
        .init(
            "data-licence", .one("SPDX"), "terms of --data; then it goes with the layer",
            aliases: ["data-license"]),
        .init("version", .one("V"), "semantic version; else the next free one"),
        .init("summary", .one("TEXT"), "one paragraph for people"),
        .init("tag", .many("WORD"), "a word to find it by"),
    ]

    private static let jobs = VerbShape(
        name: "jobs", summary: "see, end and go on with what trains",
        paragraph: "list shows all jobs, show one of them, logs what its processes said, follow "
            + "its steps as they come. cancel lets it save its state and end, resume goes on "
            + "from there, also after a power cut.",
        examples: [
            ("plasmid jobs", "all jobs"),
            ("plasmid jobs follow 3f2a91", "one job by the start of its name"),
            ("plasmid jobs resume 3f2a91 --detach", "go on without the terminal"),
        ],
        operands: [.optional("list|show|logs|follow|cancel|resume"), .optional("JOB")],
        options: [.init("detach", .none, "resume without the terminal")])
}
