/// The verbs and options about what layers are to each other, and about their use.
extension Verbs {
    static let lineage = VerbShape(
        name: "lineage", summary: "tell what a layer came from and what came of it",
        paragraph: "Follows base, parents, data and members of a layer, and what was made from it, "
            + "as far as this node knows: by manifests that are here, signed statements of the "
            + "publishers, of this node and of keys it trusts. A layer that is only named by "
            + "another is shown by its id. Terms pass on along the same ways. With --event and "
            + "--from this node signs how the layer came from another.",
        examples: [
            ("plasmid lineage poems", "a tree in both directions"),
            ("plasmid lineage poems --up --format dot | dot -Tsvg", "a picture by Graphviz"),
            ("plasmid lineage poems --format csv --out ./graph", "two files for Neo4j"),
        ],
        operands: [.required("LAYER")],
        options: [
            .init("up", .none, "only what it came from"),
            .init("down", .none, "only what came of it"),
            .init("depth", .one("N"), "at most so many steps"),
            .init("format", .one("FORMAT"), "tree, dot, cypher, csv or prov"),
            .init("out", .one("DIR"), "write dot, cypher, csv or prov into this folder"),
            .init("event", .one("WORD"), "sign that this happened: pruned, distilled, …"),
            .init("from", .one("LAYER"), "to which layer it happened"),
            .init("confidence", .one("C"), "how sure that is, 0 to 1"),
            .init("gain", .many("METRIC=X"), "what got better by how much"),
            .init("note", .one("TEXT"), "in words"),
        ])

    static let kinOptions: [VerbShape.Option] = [
        .init("ancestor-of", .one("LAYER"), "only what this layer came from"),
        .init("descendant-of", .one("LAYER"), "only what came of this layer"),
        .init("compatible-with", .one("LAYER"), "only with the same base, without a conflict"),
        .init("goes-with", .one("LAYER"), "only what was measured or said to go well with it"),
    ]

    static let usageOptions: [VerbShape.Option] = [
        .init("usage", .none, "also who used it here; told to nobody else"),
        .init("rate", .one("1…5"), "judge its last use here; 5 is best"),
        .init("forget-usage", .none, "forget who used it here"),
    ]
}

extension Verbs {
    static let schema = VerbShape(
        name: "schema", summary: "print the JSON Schema of a document",
        paragraph: "For programs that write plasmid.json or records of a memory, or read manifests "
            + "and statements. NAME is layer or one of its types, statement or one of its kinds, "
            + "sections (plasmid.json) or record. Without a name they are listed. What a schema "
            + "refuses, this program refuses; it also refuses what no schema can tell.",
        examples: [
            ("plasmid schema sections", "what plasmid.json may hold"),
            ("plasmid schema lora > lora.json", "the manifest of an adapter"),
        ],
        operands: [.optional("NAME")],
        options: [])

    static let licence = VerbShape(
        name: "licence", summary: "say and take in what licences ask",
        paragraph: "map: sign, as a steward, what a LicenseRef- asks that the catalogue lacks. "
            + "stub: sign the terms of an own layer for those who may not see it. waive: sign, as "
            + "a steward, that something was not made from a layer although it looks so. All "
            + "three print the signed document, or write it to --out. import: take such a file "
            + "in; a steward's counts where plasmid trust KEY --steward was said. data: how much "
            + "the terms of training data count. list: what is known here.",
        examples: [
            (
                "plasmid licence map LicenseRef-Lab --asks researchOnly --out lab.json",
                "what a licence of ones own asks"
            ),
            ("plasmid licence stub secret --widest public --out stub.json", "terms of a parent"),
            ("plasmid licence import lab.json", "take a colleague's document in"),
            ("plasmid licence data warn", "tell the terms of data, and refuse nothing for them"),
        ],
        operands: [
            .required("map|stub|waive|import|data|list"),
            .optional("LICENSEREF|LAYER|FILE|strict|warn|off"),
        ],
        options: [
            .init("asks", .many("WORD"), "map: nonCommercial, researchOnly, attribution, …"),
            .init("use-policy", .many("TEXT"), "map: a policy that says what it is not for"),
            .init("cap", .many("TEXT"), "map: a bound beyond which another licence is needed"),
            .init("name-prefix", .many("NAME"), "map: what names of derived models begin with"),
            .init("derived-only", .many("SPDX"), "map: share-alike; what derived works may bear"),
            .init("derived-never", .many("SPDX"), "map: what derived works may not bear"),
            .init("words", .one("TEXT"), "map: in plain words"),
            .init("text", .one("FILE"), "map: the text that was read"),
            .init("widest", .one("V"), "stub: widest visibility of a layer made from it"),
            .init("for", .one("ID"), "waive: layer id or weights id of what was not made from it"),
            .init("out", .one("FILE"), "write the signed document there"),
        ])
}
