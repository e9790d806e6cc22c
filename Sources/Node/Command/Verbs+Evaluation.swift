/// The verbs that judge.
extension Verbs {
    static let evaluation: [VerbShape] = [eval]

    private static let eval = VerbShape(
        name: "eval", summary: "judge a layer by data, beside its base",
        paragraph: "Tells how well a model with or without adapters foretells the tokens of "
            + "records: loss, perplexity, how often the likeliest token is right and how often a "
            + "whole answer, with what the base alone makes of them. The figures are the same on "
            + "every machine. Of a layer in the store the result is signed with this node's key "
            + "and kept. Data are those of train.",
        examples: [
            ("plasmid eval --layer poems --data test.jsonl", "beside the layer's own base"),
            (
                "plasmid eval --base ./llama --layer ./a --data test.jsonl --retention news.txt",
                "and what was forgotten of general text"
            ),
            (
                "plasmid eval --layer poems --layer rhymes --data test.jsonl --synergy",
                "whether two do more together than the better one alone"
            ),
        ],
        operands: [],
        options: computeOptions + [
            .init("data", .many("FILE"), "what it is judged by"),
            .init("retention", .many("FILE"), "general text, to see what was forgotten"),
            .init("seq", .one("T"), "most tokens of an example; else 512"),
            .init("long", .one("HOW"), "longer records: refuse, truncate, skip or split"),
            .init("learn", .one("assistant|all"), "what of a conversation counts"),
            .init("template", .one("FILE"), "a chat template instead of the base's"),
            .init("date", .one("DATE"), "what a template is told when it asks for the day"),
            .init("items", .one("FILE"), "write a line of JSON for each record there"),
            .init("statement", .one("FILE"), "write the signed result there too"),
            .init(
                "synergy", .none,
                "also each of two layers alone: what they gain together, as an edge of lineage"),
            .init("unsigned", .none, "do not sign and keep the result"),
        ])
}
