/// The verb about lists of nodes to call first.
extension Verbs {
    static let bootstrap = VerbShape(
        name: "bootstrap", summary: "signed lists of nodes that a newcomer calls first",
        paragraph: "ACTION is list, create, show, verify, take or forget. No list comes with "
            + "plasmid, and none is taken from the network: a list counts where the owner says "
            + "whose lists she believes, by take with --key or by run --bootstrap FILE "
            + "--bootstrap-key KEY. It is for one network, ends on a day, and gives way only to "
            + "one with a higher sequence. Its nodes go into the address book and are called "
            + "while no other is met. At least 8 nodes in 4 parts of the network are advised: "
            + "whoever rules all of them decides what a newcomer sees.",
        examples: [
            ("plasmid bootstrap create --entry TICKET --entry TICKET --out nodes.json", "make one"),
            ("plasmid bootstrap show nodes.json", "see what it says and who signed it"),
            ("plasmid bootstrap take nodes.json --key KEY", "believe that key's lists"),
            ("plasmid bootstrap list", "see which lists are used"),
        ],
        operands: [.optional("ACTION"), .optional("FILE|KEY")],
        options: [
            .init("entry", .many("TICKET"), "create: a node to call"),
            .init("days", .one("N"), "create: how long it counts, to 396; else 180"),
            .init("sequence", .one("N"), "create: its number; else the seconds since 1970"),
            .init("as", .one("IDENTITY"), "create: the key that signs; else this node's"),
            .init("out", .one("FILE"), "create: where to"),
            .init("key", .one("KEY"), "verify, take, forget: whose list it is"),
        ])
}
