/// The verb that searches.
extension Verbs {
    static let find = VerbShape(
        name: "find", summary: "search the layers this node knows of",
        paragraph: "Searches every layer that was heard of, newest first. The words looked for "
            + "leave this machine only while its catalogue is not whole, as just after the start, "
            + "or where it is a light node (plasmid run --role light): then up to eight connected "
            + "nodes are asked, every signature is checked here, and the answer says who was asked "
            + "and who had less than the others. --local asks nobody. "
            + "TEXT is looked for in names, tags and summaries: every word must begin one there. "
            + "A search looks at so much and no more, and says where it stopped. A node that just "
            + "started knows little: --wait gives it time. Scope local shows what is here and at "
            + "nodes less than 5 ms away, regional what nodes of the own region have (plasmid run "
            + "--region NAME) that are less than 60 ms away.",
        examples: [
            ("plasmid find poems --type lora", "adapters about poems"),
            ("plasmid find --base LAYER --wait 10", "adapters of one base, waiting for news"),
            ("plasmid find --rank ..16 --size ..50M --scope local", "small ones that are near"),
        ],
        operands: [.optional("TEXT")],
        options: [
            .init("type", .one("TYPE"), "only this type"),
            .init("name", .one("NAME"), "only of exactly this name"),
            .init("base", .one("LAYER"), "only adapters of this base"),
            .init("rank", .one("N|MIN..MAX"), "only adapters of such a rank"),
            .init("size", .one("MIN..MAX"), "only of such a size, as in 10M..2G"),
            .init("licence", .one("SPDX"), "only under these terms", aliases: ["license"]),
            .init("licence-class", .one("CLASS"), "only under such terms: permissive, …"),
            .init("tag", .many("WORD"), "only with this tag"),
            .init("language", .one("TAG"), "only in this language: de, also de-CH"),
            .init("publisher", .one("KEY"), "only of this publisher"),
            .init("org", .one("ORG"), "only what this organisation shares"),
            .init("scope", .one("SCOPE"), "local, regional or global"),
            .init("local", .none, "ask no other node, whatever is missing here"),
            .init("limit", .one("N"), "at most so many, 1 to 100"),
            .init("after", .one("N"), "go on where an earlier search stopped"),
            .init("wait", .one("SECONDS"), "wait for a first result"),
        ] + kinOptions)
}
