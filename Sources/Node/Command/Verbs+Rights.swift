/// The verbs by which publishers, organisations and owners decide who may do what.
extension Verbs {
    static let rights = [grant, revoke, withdraw, mirror, org, identity, delegate, audit]

    /// What `--purpose` means wherever layers are used.
    static let purpose = VerbShape.Option(
        "purpose", .many("WORD"), "commercial, research, a field such as clinical")

    private static let grant = VerbShape(
        name: "grant", summary: "let a key have and use one of your layers",
        paragraph: "Gives a named key rights on a layer that you shared with --visibility "
            + "whitelist: to have it and run it unless --for says otherwise. A new grant for the "
            + "same key takes the place of the old one. The key's node is told when it meets "
            + "yours. Without an end a grant holds until plasmid revoke.",
        examples: [
            ("plasmid grant poems KEY", "let that node have and run it"),
            ("plasmid grant poems KEY --for read,run,train --days 30", "for a month"),
        ],
        operands: [.required("LAYER"), .required("KEY")],
        options: [
            .init("for", .one("LIST"), "read, run, train, derive, mirror, serve; else read,run"),
            .init("days", .one("N"), "how long; else until it is revoked"),
            .init("not-in", .many("FIELD"), "a field in which it may not be used"),
            .init("note", .one("TEXT"), "what it is for, in words"),
        ])

    private static let revoke = VerbShape(
        name: "revoke", summary: "take a grant back, or narrow who may know of a layer",
        paragraph: "Honest nodes stop to serve, fetch and use the layer for that key as soon as "
            + "they hear of it. Bytes that left cannot be called back. With --visibility the "
            + "layer is from now on for fewer: never for more than it was shared for.",
        examples: [
            ("plasmid revoke poems KEY", "end that key's grant"),
            ("plasmid revoke poems --visibility private", "give it to nobody any more"),
        ],
        operands: [.required("LAYER"), .optional("KEY")],
        options: [
            .init("visibility", .one("V"), "private, whitelist or organization"),
            .init("org", .one("ORG"), "organisation, for --visibility organization"),
        ])

    private static let withdraw = VerbShape(
        name: "withdraw", summary: "take one of your layers back from the network",
        paragraph: "Tells every node that the layer is taken back: they stop to announce and "
            + "serve it. Those who have it keep their copy and are told why. It cannot be undone; "
            + "share a higher version instead.",
        examples: [
            ("plasmid withdraw poems --reason 'trained on wrong data'", "take it back")
        ],
        operands: [.required("LAYER")],
        options: [
            .init("reason", .one("TEXT"), "why, for everyone to read"),
            .init("replacement", .one("LAYER"), "what to use instead"),
        ])

    private static let mirror = VerbShape(
        name: "mirror", summary: "keep layers of others alive, and have others keep yours",
        paragraph: "--follow has this node keep what matches: a layer (with a version that one, "
            + "without all versions), publisher:KEY, tag:TAG or organization:ORG, also what is "
            + "announced later, within plasmid quota mirrored=. Where copies are counted, by the "
            + "publisher (share --replicas, mirror LAYER --replicas) or by you, a follower of a "
            + "publisher or tag keeps a layer only if it is among those chosen, or with --all. "
            + "The publisher's own copy counts as one. When a holder is away for longer than "
            + "--patience (else an hour) the next one takes its place. --unfollow lets what it "
            + "kept become cached layers. --on: seals one of your layers and asks a node to keep "
            + "the ciphertext for some days. Its owner decides by her rules (plasmid trust "
            + "--allow publisher:KEY --for mirror) and the room there is. It checks and gives "
            + "out what it keeps without learning what it is; those whom you granted the layer, "
            + "or its organisation, fetch it there while your node is away; with --replicas "
            + "nodes that take such requests are chosen and asked by themselves. Without LAYER "
            + "all is listed: what is followed, copies and who holds them, contracts. --end ends "
            + "a contract, by layer or by its id; the ciphertext is removed.",
        examples: [
            (
                "plasmid mirror --follow publisher:KEY --replicas 3",
                "help keep three copies of each"
            ),
            ("plasmid mirror --follow tag:poems --all", "keep everything with that tag"),
            ("plasmid mirror poems --replicas 3 --propagation batched", "say it of your own layer"),
            ("plasmid mirror poems --take", "take what waits for your word"),
            ("plasmid mirror poems --on KEY --days 90", "ask for a copy for three months"),
            ("plasmid mirror", "what is kept for whom"),
            ("plasmid mirror poems --on KEY --end", "let that copy go"),
        ],
        operands: [.optional("LAYER|CONTRACT")],
        options: [
            .init("on", .one("KEY"), "the node that is asked"),
            .init("days", .one("N"), "how long; of a contract to 730, else 30"),
            .init("wait", .one("S"), "seconds to wait until it has all; else 30"),
            .init("end", .none, "end the contract"),
            .init("follow", .one("WHAT"), "keep what matches, now and later"),
            .init("unfollow", .one("WHAT"), "no longer; all for everything"),
            .init("all", .none, "with --follow: keep each, however many others do"),
            .init("replicas", .one("N"), "copies that should live, to 64"),
            .init("propagation", .one("HOW"), "own layer: immediate, batched or manual"),
            .init("mirror-node", .many("KEY"), "own layer: followers that take it at once"),
            .init("take", .none, "take a layer now that waits"),
            .init("patience", .one("SPAN"), "how long a holder may be away, such as 2h"),
        ])

    private static let org = VerbShape(
        name: "org", summary: "organisations: labs that share more with each other",
        paragraph: "ACTION is list, create, show, add, join, renew, revoke, rotate, root, sign, "
            + "leave, export or import. create founds one and makes this node its issuer; add "
            + "makes a node a member for a few days, renew does it again for all, revoke takes "
            + "one out now and rotate gives the others new secrets. Who was made a member joins "
            + "when the issuer's node is met. root changes who speaks for it; where several must "
            + "sign, --out FILE writes what is to be signed, each of them adds a signature with "
            + "sign, and import takes the file once enough did. export and import carry any "
            + "documents by hand. renew --auto on lets a running node renew half-way through; it "
            + "is off at first, since a membership that nobody renews is how membership ends.",
        examples: [
            ("plasmid org create northlab", "found an organisation"),
            ("plasmid org add northlab KEY --rights read,publish", "make a member"),
            ("plasmid org join northlab", "accept to be one"),
            ("plasmid org revoke northlab KEY", "take a member out now"),
            (
                "plasmid org root northlab --add KEY --threshold root=2 --out next.json",
                "two must sign from now on"
            ),
            ("plasmid org sign next.json --as me", "add a signature"),
            ("plasmid org import next.json", "take it when it is complete"),
        ],
        operands: [
            .optional("ACTION"), .optional("ORG|FILE"), .optional("KEY"),
        ],
        options: [
            .init("rights", .one("LIST"), "add: read, publish, mirror; else read"),
            .init("days", .one("N"), "add: how long, to 30; else 7"),
            .init("label", .one("NAME"), "add, root: whose key it is"),
            .init("sealing", .one("AGE"), "add: its sealing key, where it was not met"),
            .init("as", .one("IDENTITY"), "create, root, sign: the key that signs"),
            .init("add", .many("KEY=ROLES"), "root: a key with roles; else root,issuer"),
            .init("remove", .many("KEY"), "root: a key that speaks for it no more"),
            .init("threshold", .many("ROLE=N"), "root: how many keys of a role must sign"),
            .init("auto", .one("on|off"), "renew: by itself while this node runs"),
            .init("check", .none, "sign: show what the file says, sign nothing"),
            .init("out", .one("FILE"), "export, sign: where to; others: for more signers"),
        ])

    private static let identity = VerbShape(
        name: "identity", summary: "keys of people and labs that outlive machines",
        paragraph: "ACTION is list, create, add or remove. create makes a key in a file of the "
            + "home; add takes one that is elsewhere: in a file that create made, in an SSH "
            + "agent, or behind a program. With the last two the secret never enters plasmid. "
            + "remove forgets an identity and leaves files with secrets where they are.",
        examples: [
            ("plasmid identity create me", "make a key in the home"),
            ("plasmid identity add me --ssh-agent me@lab", "a key that ssh-add loaded"),
            ("plasmid identity add lab --command '/opt/sign' --key KEY", "ask a program"),
        ],
        operands: [.optional("ACTION"), .optional("NAME")],
        options: [
            .init("file", .one("PATH"), "add: the secret is in this file, closed to others"),
            .init("ssh-agent", .maybe("KEY"), "add: an agent's key, by comment or SHA256:…"),
            .init("socket", .one("PATH"), "add: the agent's socket; else $SSH_AUTH_SOCK"),
            .init("command", .one("WORDS"), "add: a program's path and its arguments"),
            .init("key", .one("KEY"), "add: the public key behind --command"),
        ])

    private static let delegate = VerbShape(
        name: "delegate", summary: "let a node publish and ask for an identity",
        paragraph: "Has the identity sign that a node, this one unless --to says otherwise, may "
            + "act for it, and tells other nodes. A node acts only for its own home's identities "
            + "and for keys that its owner trusts. Without IDENTITY it shows who may do what.",
        examples: [
            ("plasmid delegate me", "let this node publish as me for a year"),
            ("plasmid delegate me --to KEY --for publish --days 30", "another node"),
            ("plasmid delegate me --end KEY", "take it back"),
        ],
        operands: [.optional("IDENTITY")],
        options: [
            .init("to", .one("KEY"), "the node; else this one"),
            .init("for", .one("LIST"), "publish, fetch; else both"),
            .init("days", .one("N"), "how long, to 365; else 365"),
            .init("label", .one("NAME"), "the node's name, for people"),
            .init("end", .one("KEY"), "take that node's delegation back"),
            .init("list", .none, "show who may do what"),
        ])

    private static let audit = VerbShape(
        name: "audit", summary: "what this node did and decided, and proof of it",
        paragraph: "log shows the journal of this node's own decisions, access who was allowed or "
            + "refused what, why one of these with all that it rested on, decided once more. "
            + "receipts shows what came of storage challenges, this node's of others and of this "
            + "node; with --json whole, to be checked elsewhere. "
            + "verify holds journal, tree, signed checkpoint and access log against each other; "
            + "with a PATH it checks, with no node, a journal that export wrote, a proof, or an "
            + "exported layer by the proof beside it. proof prints that an entry is in the "
            + "journal, or the newest about a layer; others check it with any C2SP tlog tool.",
        examples: [
            ("plasmid audit log --last 50", "what was done here"),
            ("plasmid audit access --layer poems", "who asked for it"),
            ("plasmid audit why 17", "why decision 17 was taken"),
            ("plasmid audit receipts", "who could show what is said to be held"),
            ("plasmid audit verify", "whether the logs hold"),
            ("plasmid audit export ./journal", "all of it, for an auditor"),
            ("plasmid audit proof --layer poems --out poems.tlog-proof", "that it is in"),
            ("plasmid audit verify ./poems.tlog-proof", "whether that holds"),
        ],
        operands: [
            .optional("log|access|why|receipts|verify|proof|export"), .optional("NUMBER|PATH"),
        ],
        options: [
            .init("last", .one("N"), "how many entries; else 20"),
            .init("layer", .one("LAYER"), "access, proof: only about this layer"),
            .init("out", .one("FILE"), "proof: where to; else the terminal"),
        ])
}
