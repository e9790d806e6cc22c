extension Verbs {
    /// The verbs about layers on their way.
    static let moving = [transfers, limits]

    private static let transfers = VerbShape(
        name: "transfers", summary: "what is being fetched, and change it",
        paragraph:
            "Shows every fetch of the running node with its rate, sources, the time left and "
            + "what slows it down: your limit, disk, processor, busy or late holders, or the line. "
            + "A paused fetch keeps what came; a cancelled one too, for the next time. Fetches of "
            + "high priority are served before the others.",
        examples: [
            ("plasmid transfers", "what is on its way?"),
            ("plasmid transfers all --pause", "the line is needed for something else"),
            ("plasmid transfers llama-base --priority high", "this one first"),
        ],
        operands: [.optional("LAYER|all")],
        options: [
            .init("pause", .none, "ask for nothing more until it is resumed"),
            .init("resume", .none, "go on"),
            .init("cancel", .none, "end it; what came stays for the next fetch"),
            .init("priority", .one("low|normal|high"), "before or after the others"),
        ])

    private static let limits = VerbShape(
        name: "limits", summary: "how much of the line layers may use",
        paragraph: "Prints the limits, or sets those that are named, at once and for every later "
            + "run: download and upload over all peers, peer for the upload to each. RATE is bytes "
            + "a second; M is 1024 times 1024. Peers of the own network do not count unless local "
            + "is on. Gossip is not limited: it needs next to nothing.",
        examples: [
            ("plasmid limits", "what holds now?"),
            ("plasmid limits upload=5M peer=1M", "give out at most 5 MiB/s"),
            ("plasmid limits download=none", "no limit any more"),
        ],
        operands: [.optionalMany("NAME=RATE")],
        options: [])
}
