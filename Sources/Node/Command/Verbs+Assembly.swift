/// The verb that makes a layer of layers.
extension Verbs {
    static let assemble = VerbShape(
        name: "assemble", summary: "make a layer of layers that act together",
        paragraph: "Signs and offers a layer without files that names others: adapters over one "
            + "base with their influence, specializations, ways of speaking, memories. infer and "
            + "chat run it as one. All must be here; terms pass on from each. Connections: "
            + "parallel and merge join adapters, sequential orders what stands before a "
            + "conversation, skip passes the second by.",
        examples: [
            (
                "plasmid assemble --name poet --layer poems --layer shy --visibility private",
                "an adapter with a way of speaking"
            ),
            (
                "plasmid assemble --name both --layer a:0.7 --layer b:0.3 --visibility private",
                "two adapters, the first more strongly"
            ),
        ],
        operands: [],
        options: [
            .init("name", .one("NAME"), "name of the assembly"),
            .init("layer", .many("LAYER[:INFLUENCE]"), "a layer that takes part"),
            .init(
                "connect", .many("FROM:TO:KIND[:STRENGTH]"),
                "how two of them stand to each other, by place from 1"),
            .init("persona", .one("TEXT"), "who it is"),
            .init("style", .one("TEXT"), "how it speaks"),
            .init("goal", .many("TEXT"), "what it is meant to become"),
            .init("temperature", .one("T"), "how its answers are drawn, unless the user says"),
            .init("top-p", .one("P"), "likewise"),
            .init("max-tokens", .one("N"), "longest answer, unless the user says"),
            .init("licence", .one("SPDX"), "terms", aliases: ["license"]),
            .init("visibility", .one("V"), "public, private, organization or whitelist"),
            .init("version", .one("V"), "semantic version; else 1.0.0"),
            .init("summary", .one("TEXT"), "one paragraph for people"),
            .init("tag", .many("WORD"), "a word to find it by"),
            .init("requires", .many("LAYER|NAME@RANGE"), "a layer it does not run without"),
            .init("suggests", .many("LAYER|NAME@RANGE"), "a layer it runs better with"),
            .init("conflicts", .many("LAYER|NAME@RANGE"), "a layer it does not run beside"),
            .init("org", .one("ORG"), "organisation, for --visibility organization"),
            .init("allow", .many("KEY"), "a key that may have it, for whitelist"),
        ])
}
