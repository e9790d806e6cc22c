extension Verbs {
    /// The verbs about this machine's disk.
    static let storing = [pin, unpin, remove, quota, compact, doctor, backup, restore]

    private static let pin = VerbShape(
        name: "pin", summary: "keep a layer whatever happens",
        paragraph: "A fetched layer may give way when a quota or the disk is full and nothing else "
            + "uses it. A pinned one stays, counts as mirrored and cannot be removed by mistake. "
            + "Your own layers never give way.",
        examples: [("plasmid pin biolab.k7x2m4qa/poems", "keep a colleague's adapter")],
        operands: [.required("LAYER")],
        options: [])

    private static let unpin = VerbShape(
        name: "unpin", summary: "let a layer give way again",
        paragraph: "Takes a pin back. The layer stays until room is needed.",
        examples: [("plasmid unpin biolab.k7x2m4qa/poems", "it may go when room is needed")],
        operands: [.required("LAYER")],
        options: [])

    private static let remove = VerbShape(
        name: "remove", summary: "remove a layer from this machine",
        paragraph: "Deletes the layer's files here, except those that other layers share, and "
            + "announces it no longer. Others keep what they have: plasmid withdraw takes a layer "
            + "back network-wide. The only copy that is known of and what other layers here need "
            + "are removed only with --last-copy.",
        examples: [("plasmid remove poems", "free its space")],
        operands: [.required("LAYER")],
        options: [.init("last-copy", .none, "even if nothing brings it back")])

    private static let doctor = VerbShape(
        name: "doctor", summary: "look over the whole store",
        paragraph: "Checks disk, journal, index, the sums of all bytes, and that files and index "
            + "name each other; exit code 1 if something is wrong. A running node reads every "
            + "byte again within a month, at most --scrub-rate a second, sets damaged parts aside "
            + "and fetches them from peers. --rebuild makes the index again from files and "
            + "journal while no node runs, and shows what it held before and after.",
        examples: [
            ("plasmid doctor", "is all well?"),
            ("plasmid doctor --scrub", "read every byte now"),
            ("plasmid doctor --rebuild", "the index was lost or is damaged"),
        ],
        operands: [],
        options: [
            .init("repair", .none, "list stray files, have lost ones fetched, remove leftovers"),
            .init("scrub", .none, "read every byte now"),
            .init("scrub-rate", .one("SIZE|off|default"), "bytes a second in the background"),
            .init("rebuild", .none, "make the index again; no node may run"),
        ])

    private static let backup = VerbShape(
        name: "backup", summary: "copy this home to a folder",
        paragraph: "Copies keys, journal, settings and layers while the node may run; unless told "
            + "otherwise the own, pinned and mirrored ones. Into a folder that holds an older "
            + "backup of this node only what is new is copied. The folder holds secret keys: it "
            + "is made readable by its owner alone, and belongs on another disk.",
        examples: [
            ("plasmid backup /mnt/safe/node-a", "first all, then what is new"),
            ("plasmid backup /mnt/stick/keys --blobs none", "keys and journal only"),
        ],
        operands: [.required("DIR")],
        options: [.init("blobs", .one("none|own|kept|all"), "which layers; else kept")])

    private static let restore = VerbShape(
        name: "restore", summary: "make a home of a backup",
        paragraph:
            "Makes the home anew from a backup's folder; there must be none yet. If the node "
            + "that the backup was made of is still alive and met in the network, the restored "
            + "one announces nothing any more and says so: two nodes with one key contradict each "
            + "other. --moved says that the old one is gone, now or later.",
        examples: [
            ("plasmid restore /mnt/safe/node-a", "after a disk was lost"),
            ("plasmid restore --moved", "the old machine is gone for good"),
        ],
        operands: [.optional("DIR")],
        options: [.init("moved", .none, "the node it was made of does not run any more")])

    private static let compact = VerbShape(
        name: "compact", summary: "keep layers in fewer bytes",
        paragraph: "Codes files of layers that nothing uses now: weights in about two thirds of "
            + "their bytes, fine-tunes against their base in a tenth. Every file is read back "
            + "and compared before the plain one goes. Peers are served from it as before; a "
            + "program that opens the layer has it made plain first. Without LAYER all that was "
            + "not used for --idle. --auto has a running node do so by itself; it is off at first.",
        examples: [
            ("plasmid compact --dry-run", "what would it save?"),
            ("plasmid compact llama-tuned", "one layer now"),
            ("plasmid compact --auto 30d", "from now on, what rested for a month"),
        ],
        operands: [.optionalMany("LAYER")],
        options: [
            .init("dry-run", .none, "only tell what it would save, by a sample"),
            .init("raw", .none, "make them plain files again"),
            .init("idle", .one("AGE"), "without LAYER: unused for so long, such as 12h or 30d"),
            .init("auto", .one("AGE|off"), "what a running node does by itself"),
        ])

    private static let quota = VerbShape(
        name: "quota", summary: "how much layers take and may take",
        paragraph: "Prints what own, mirrored (pinned or kept for others) and cached layers take "
            + "on the disk, to the byte with --json. With CLASS=SIZE it limits a class, or all, "
            + "from now on; CLASS=none lifts it. Cached layers that were unused for longest give "
            + "way to new ones; nothing else does. Sizes are powers of 1024.",
        examples: [
            ("plasmid quota", "what there is"),
            ("plasmid quota cache=200G all=1T", "at most 200 GiB fetched, 1 TiB in all"),
        ],
        operands: [.optionalMany("CLASS=SIZE")],
        options: [])
}
