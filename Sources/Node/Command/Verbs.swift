/// The verbs of the command, in the order a newcomer meets them.
enum Verbs {
    /// Every verb that works.
    static let all: [VerbShape] =
        [initialise, run, join, trust, share, assemble, find, show, list, lineage, fetch, export]
        + [verify] + storing + learning + training + evaluation + rights
        + moving + [licence, schema, peers, status, ticket, bootstrap, bench]

    /// Verbs of later versions.
    static let notBuilt: Set<String> = [
        "dataset", "quantise", "promote",
    ]

    /// The verb of that name.
    static func shape(of name: String) -> VerbShape? { all.first { $0.name == name } }

    private static let initialise = VerbShape(
        name: "init", summary: "make this machine a node: keys and store",
        paragraph: "Makes the home folder with this node's keys and an empty store. Done twice it "
            + "changes nothing and names the same node. run, share and join do it themselves if "
            + "it was not done.",
        examples: [("plasmid init --label biolab", "a node whose layers are named biolab.….")],
        operands: [],
        options: [.init("label", .one("NAME"), "short name shown before this node's layers")])

    private static let run = VerbShape(
        name: "run", summary: "be a node until stopped",
        paragraph: "Listens for peers, keeps contact with them, tells what it shares and serves "
            + "it. Prints one line when it is ready. Ctrl-C or SIGTERM end it cleanly; what was "
            + "being fetched goes on next time. Unless told otherwise it announces and serves "
            + "public layers it has fetched, and finds other nodes of the local network by "
            + "beacons, which say that a node listens here and not which one. A node behind a "
            + "router is reached over relays: nodes with an open port whose owners say --relay.",
        examples: [
            ("plasmid run", "listen on port 4747"),
            ("plasmid run --listen 127.0.0.1:0 --no-lan", "any free port, this machine only"),
            ("plasmid run --join TICKET", "meet the node that printed the ticket"),
            ("plasmid run --relay circuits=16,rate=1M,day=10G", "relay so much for others"),
            ("plasmid run --bootstrap nodes.json --bootstrap-key KEY", "meet the nodes of a list"),
        ],
        operands: [],
        options: [
            .init("listen", .one("HOST:PORT"), "where peers reach this node; port 0 = any free"),
            .init("http", .one("HOST:PORT|off"), "web face; only off in this version"),
            .init("join", .many("TICKET|HOST:PORT"), "a node to meet"),
            .init("bootstrap", .many("FILE"), "a signed list of nodes to call first; remembered"),
            .init("bootstrap-key", .many("KEY"), "whose lists are believed"),
            .init("no-lan", .none, "send and hear no beacons on the local network"),
            .init("no-udp", .none, "use no datagrams beside TCP"),
            .init("no-seed", .none, "do not announce fetched public layers"),
            .init("role", .one("full|light"), "keep all records, or ask others; remembered"),
            .init("region", .one("NAME|none"), "tell others where this machine is; remembered"),
            .init(
                "relay", .one("on|off|LIMITS"),
                "relay for nodes that cannot be called; remembered"),
        ])

    private static let join = VerbShape(
        name: "join", summary: "meet another node",
        paragraph: "Tells the running node to meet the node that a ticket names, now and after "
            + "every restart. A ticket holds a public key and addresses, no secret.",
        examples: [("plasmid join TICKET", "meet the node that printed the ticket")],
        operands: [.required("TICKET|HOST:PORT")],
        options: [])

    private static let trust = VerbShape(
        name: "trust", summary: "whom and what this machine lets in",
        paragraph: "A bare name such as poems means a layer of your own, of your contacts or of a "
            + "key you trust; anything else must be named with its key. Trusting a key lets its "
            + "layers be named by name alone, and its attestations count. A steward is "
            + "believed in what licences ask that the catalogue lacks, and where layers only look "
            + "copied. Rules say what this "
            + "machine may hold, mirror, run and train on: of those that match a layer the newest "
            + "decides. A rule is about any, publisher:KEY, organization:ORG, type:TYPE, "
            + "licence:ID or unverified:CLAIM. Without KEY and rule all rules are listed.",
        examples: [
            ("plasmid trust KEY", "accept short names for layers of that key"),
            ("plasmid trust --deny unverified:replayed --for run", "run only what was replayed"),
            ("plasmid trust --deny any --for fetch", "fetch nothing …"),
            ("plasmid trust --allow organization:northlab", "… but what is the organisation's"),
        ],
        operands: [.optional("KEY")],
        options: [
            .init("remove", .none, "trust it no longer"),
            .init("steward", .none, "as one who reads licences and waives claims of copying"),
            .init("allow", .one("SUBJECT"), "a rule that allows"),
            .init("deny", .one("SUBJECT"), "a rule that forbids"),
            .init("for", .one("LIST"), "what it is about, with commas; else everything"),
            .init("clear-rules", .none, "forget all rules"),
        ])

    private static let share = VerbShape(
        name: "share", summary: "make a folder or file a layer and offer it",
        paragraph: "Lists what it takes, hashes it, signs a manifest and offers the layer. A PEFT "
            + "adapter or a Hugging Face model is recognised and everything about it read from "
            + "its files. Pickles are refused, names that begin with a dot left out, and text "
            + "that looks like a key or token stops it. With --in-place large files are not "
            + "copied: they must stay as they are, and are checked each time they are given to "
            + "somebody. What no file shows stands in plasmid.json: "
            + "prompts, tools, style, what a memory holds. A published copy cannot be called back: "
            + "licence and visibility have no default.",
        examples: [
            (
                "plasmid share poems --licence CC-BY-SA-4.0 --visibility public --base llama",
                "offer the adapter in poems to anyone"
            ),
            ("plasmid share notes.txt --type memory --visibility private", "keep a file here only"),
        ],
        operands: [.required("PATH")],
        options: [
            .init("licence", .one("SPDX"), "terms; else the model card's", aliases: ["license"]),
            .init("visibility", .one("V"), "public, private, organization or whitelist"),
            .init("name", .one("NAME"), "name of the layer; else the folder's"),
            .init("version", .one("V"), "semantic version; else 1.0.0"),
            .init("type", .one("TYPE"), "where the files do not show it"),
            .init("base", .one("LAYER|DIR|none"), "the model that an adapter changes"),
            .init("parent", .many("LAYER"), "a layer it descends from"),
            .init("requires", .many("LAYER|NAME@RANGE"), "a layer it does not run without"),
            .init("suggests", .many("LAYER|NAME@RANGE"), "a layer it runs better with"),
            .init("conflicts", .many("LAYER|NAME@RANGE"), "a layer it does not run beside"),
            .init("summary", .one("TEXT"), "one paragraph for people"),
            .init("tag", .many("WORD"), "a word to find it by"),
            .init("include", .many("PATH"), "take this file of the folder as well"),
            .init("org", .one("ORG"), "organisation, for --visibility organization"),
            .init("as", .one("IDENTITY"), "publish under that key, which signs the manifest"),
            .init("allow", .many("KEY"), "a key that may have it, for whitelist"),
            .init("replicas", .one("N"), "copies that should live, this one among them"),
            .init("propagation", .one("HOW"), "immediate, batched or manual: see mirror"),
            .init("mirror-node", .many("KEY"), "a follower that takes it at once"),
            .init("in-place", .none, "leave files above 1 MiB where they are"),
        ])

    private static let show = VerbShape(
        name: "show", summary: "tell all about one layer",
        paragraph: "Prints what is known of a layer: what it is, who published it, its terms, its "
            + "files if it is here, and who holds it.",
        examples: [("plasmid show biolab.k7x2m4qa/poems", "one layer by its full name")],
        operands: [.required("LAYER")],
        options: usageOptions)

    private static let list = VerbShape(
        name: "list", summary: "list the layers that are here",
        paragraph: "Prints every layer whose files this node has, with name, type and size.",
        examples: [("plasmid list", "what is here")],
        operands: [],
        options: kinOptions)

    private static let fetch = VerbShape(
        name: "fetch", summary: "get a layer from whoever holds it",
        paragraph: "Fetches every file of a layer, proves every byte against the layer's id "
            + "before it is kept, and goes on where it stopped. Without --out it makes a folder "
            + "of read-only links into the store; with --out it copies, never over other bytes. "
            + "What is here already is not fetched again: older versions, tensors of other "
            + "layers, and with --reuse what another program left of a download. A full disk "
            + "makes it wait. Where no holder can be reached it ends after 15 seconds, or those "
            + "of --wait; what came stays.",
        examples: [
            ("plasmid fetch poems", "fetch and link"),
            ("plasmid fetch poems --out ./poems", "fetch and copy"),
            ("plasmid fetch poems --reuse ~/Downloads/poems.part", "go on with a download"),
        ],
        operands: [.required("LAYER")],
        options: [
            .init("out", .one("DIR"), "copy the files there"),
            .init(
                "accept-licence", .maybe("SPDX"), "accept terms that need it",
                aliases: ["accept-license"]),
            .init("evidence", .none, "take what shows how it came about as well"),
            .init("reuse", .many("FILE|DIR"), "files that may hold parts of it"),
            .init("with-dependencies", .none, "and the base, the members and what it requires"),
            .init("priority", .one("low|normal|high"), "before or after other fetches"),
            .init("wait", .one("SECONDS"), "for a holder, while none can be reached; else 15"),
            .init(
                "sequential", .none, "files from their beginning, for a program that reads"),
        ])

    private static let export = VerbShape(
        name: "export", summary: "copy a layer that is here into a folder",
        paragraph: "Writes the layer's files under their own names, sharing disk blocks where the "
            + "filesystem can. A file that is there with other bytes is never written over.",
        examples: [("plasmid export poems ./poems", "a folder that PEFT can load")],
        operands: [.required("LAYER"), .required("DIR")],
        options: [])

    private static let verify = VerbShape(
        name: "verify", summary: "check a layer that is here, byte for byte",
        paragraph: "Checks signature, schema, every file's hashes and its tensors, and says which "
            + "file is damaged if one is. The thorough level computes from the files what the "
            + "manifest says of them, an adapter's strength beside its base, and what it takes to "
            + "run it. The comprehensive level also puts an adapter on its base and "
            + "runs it; of one with a run record it does a part of the training again, chosen at "
            + "random, and compares every bit. What it found is signed with this node's key and "
            + "kept; show tells it. With --holders the nodes that say they hold the layer, or "
            + "keep it under a contract, must show it instead, all at the same moment: leaves "
            + "that nobody can tell beforehand, each after the one before, and in time. It "
            + "shows that they could read it, not that each has a copy of its own.",
        examples: [
            ("plasmid verify poems", "every check with its result"),
            ("plasmid verify poems --level thorough", "what is claimed, computed anew"),
            ("plasmid verify poems --holders", "who can show it, and how fast"),
            ("plasmid verify poems --level comprehensive", "and does a part of its training again"),
        ],
        operands: [.required("LAYER")],
        options: [
            .init("level", .one("LEVEL"), "basic (else), thorough or comprehensive"),
            .init("base", .one("LAYER|DIR"), "run it on this base; else the one it names"),
            .init("all", .none, "do the whole training again, not one part of it"),
            .init("data", .many("FILE"), "the data of the training, if not with the layer"),
            .init("threads", .one("N"), "threads; else one for each core"),
            .init("memory", .one("SIZE"), "most memory it may take; else what there is"),
            .init("holders", .none, "ask all holders now; thorough = seven times as much"),
            .init("unsigned", .none, "do not sign and keep what was found"),
            .init("certify", .many("CAPABILITY"), "sign that it does this, as you found"),
        ])

    private static let peers = VerbShape(
        name: "peers", summary: "list the nodes this one is in contact with",
        paragraph: "Prints each peer with its key, address or the relay by which it is reached, "
            + "state, round trip and bytes. A peer that sent bytes which do not match is left "
            + "alone for ten minutes, again within a day for a day; --forgive ends that.",
        examples: [
            ("plasmid peers", "who is there, who is left alone and why"),
            ("plasmid peers --forgive 7k3mq2xw", "ask that one again at once"),
        ],
        operands: [],
        options: [.init("forgive", .one("KEY"), "ask a peer again that is left alone")])

    private static let status = VerbShape(
        name: "status", summary: "tell how this node is doing",
        paragraph: "Prints the node's key, addresses, number of layers and peers, what layers "
            + "hold and take on the disk, when it was last read, and what is being transferred. "
            + "--metrics prints the figures in the text format of OpenMetrics, which Prometheus "
            + "reads.",
        examples: [
            ("plasmid status --json", "for a script"),
            ("plasmid status --metrics > plasmid.prom", "for a node exporter's text files"),
        ],
        operands: [],
        options: [.init("metrics", .none, "print figures for monitoring systems")])

    private static let ticket = VerbShape(
        name: "ticket", summary: "print what another node needs to meet this one",
        paragraph: "A ticket is this node's public key and its addresses, and the relays of a node "
            + "that cannot be called. It holds no secret and may be posted anywhere.",
        examples: [("plasmid ticket", "copy the line into plasmid join on the other machine")],
        operands: [],
        options: [])

    private static let bench = VerbShape(
        name: "bench", summary: "measure this machine",
        paragraph:
            "Measures one thing and prints the figure beside what it was held against. hash: "
            + "BLAKE3 and SHA-256 on one core. transfer: files between nodes on this machine: one "
            + "large one, or as --case says: files, small, gather (from 3 sources), spread (to 3 "
            + "targets), crowd (to 8), many (from 32), busy (one core is). share: reading and "
            + "signing a large file. store: files of every size, and --rows of an index. "
            + "lineage: ancestors in a graph of --edges. sketch: what tells near copies, of an "
            + "adapter of --size MiB. "
            + "seal: a layer of --size MiB for mirrors that may not read it. codec: the coded form "
            + "of the model in --base, of the one in --layer against it, or of random weights. "
            + "discovery: two catalogues of --rows that "
            + "differ in a few, searches, signatures. newcomer: an empty node joins --nodes "
            + "that have --rows records. simulate: disasters of many nodes in "
            + "virtual time, the quick ones, --all, or one --scenario, from a --seed. decide: the "
            + "question whether somebody may. "
            + "journal: decisions kept a second. infer: prompts and answers of --base, and of "
            + "--layer over it. train: steps of training on --base. A peer's command runs before "
            + "and after each case and prints tok_s, and rss_mib for train, as one line of JSON. "
            + "In it {base} and {dtype} (fp32, bf16) are replaced; for train also {batch}, "
            + "{tokens} and {targets}; for infer {mode} (prefill, decode), {tokens} and {layer}, "
            + "which is none for the base alone; for codec {folder} and {parent}, and it prints "
            + "times_smaller, coding_gb_s and decoding_gb_s; for transfer {case}, {source} and "
            + "{folder}, and it prints peers with name and seconds. --with measures a training "
            + "also with its checkpoints, while another process shares a large file (publish), and "
            + "while a thread keeps one core busy.",
        examples: [
            ("plasmid bench hash", "how fast files are named"),
            ("plasmid bench train --base ./llama --case bf16dot:4x128:all", "one way to train"),
            ("plasmid bench train --base ./llama --with publish,busy", "beside other work"),
            ("plasmid bench simulate --scenario half-dies", "half of a network dies"),
            ("plasmid bench infer --base ./llama --peer './peer {mode} {dtype}'", "in turns"),
        ],
        operands: [.required("NAME")],
        options: [
            .init("size", .one("MIB"), "file of transfer, share, store, seal, publish, codec"),
            .init("rows", .one("N"), "store: blobs, else 1000000; else records, 100000"),
            .init(
                "nodes", .one("N"),
                "newcomer: nodes that have the records; else 3; simulate: of a group, at most"),
            .init("scenario", .many("NAME"), "simulate: only this one"),
            .init("all", .none, "simulate: those too that take minutes"),
            .init("seed", .one("S"), "simulate: of all chance; else 1"),
            .init("shrink", .none, "simulate: look for a smaller run that fails alike"),
            .init("rounds", .one("N"), "simulate: how often at most what is done again"),
            .init("faults", .one("N,…"), "simulate: those faults alone, or none"),
            .init("calm", .one("KIND,…"), "simulate: weather that is left out"),
            .init("edges", .one("N"), "lineage: edges of the graph; else 100000"),
            .init(
                "case", .many("CASE"),
                "train: PROFILE:BATCHxTOKENS:qkvo or all; else all of them; transfer: see above"),
            .init("with", .one("WHAT,…"), "train: beside checkpoint, publish, busy"),
            .init("seconds", .one("S"), "train, journal: length of a case"),
            .init(
                "peer", .one("COMMAND"),
                "infer, train, codec, transfer: another program to be held against"),
        ]
            + computeOptions.filter { $0.name != "profile" })
}
