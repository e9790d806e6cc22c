import Genome

/// A node's figures for monitoring systems: the text format of OpenMetrics 1.0, which Prometheus
/// and others read. Made of the answer of `status`, so that both say the same. It names no layer,
/// peer or circle, and has no label that grows with the network.
enum OpenMetrics {
    /// What a figure means to those who add up.
    enum Kind: String {
        /// Goes up and down.
        case gauge
        /// Only goes up while the node runs.
        case counter
    }

    /// A figure: its name without the prefix, and where `status` says it.
    private struct Family {
        let name: String
        let kind: Kind
        let help: String
        let path: [String]

        init(_ name: String, _ kind: Kind, _ help: String, _ path: String...) {
            self.name = "plasmid_" + name
            self.kind = kind
            self.help = help
            self.path = path
        }
    }

    /// Figures that stand alone. A name ends with its unit, as the format asks.
    private static let families: [Family] = [
        .init("layers", .gauge, "Layers that are here", "layers"),
        .init("records", .gauge, "Catalogue records known", "records"),
        .init("journal_entries", .gauge, "Entries of the journal", "journal"),
        .init("peers", .gauge, "Nodes in contact", "peers"),
        .init("disk_free_bytes", .gauge, "Free on the disk of the store", "store", "free"),
        .init("disk_floor_bytes", .gauge, "Never used of what is free", "store", "floor"),
        .init("database_bytes", .gauge, "Databases and their logs", "store", "databases"),
        .init("quota_bytes", .gauge, "What layers may take", "store", "quota"),
        .init("scrub_due_days", .gauge, "Days in which each blob is read", "scrub", "days"),
        .init("scrub_rate_bytes", .gauge, "Read a second at most", "scrub", "rate"),
        .init("scrub_complete_blobs", .gauge, "Blobs that are whole", "scrub", "blobs"),
        .init("scrub_fresh_blobs", .gauge, "Of them read in time", "scrub", "fresh"),
        .init("scrub_blobs", .counter, "Blobs read again", "scrub", "read", "blobs"),
        .init("scrub_read_bytes", .counter, "Read again", "scrub", "read", "bytes"),
        .init(
            "scrub_damaged_groups", .counter, "Groups found damaged", "scrub", "read",
            "damagedGroups"),
        .init(
            "scrub_healed_layers", .counter, "Damaged layers made whole", "scrub", "read",
            "healedLayers"),
        .init("searches", .counter, "Searches answered", "searches", "answered"),
        .init(
            "searches_truncated", .counter, "Searches that stopped at their bounds", "searches",
            "truncated"),
        .init(
            "clock_ahead_milliseconds", .gauge, "Ahead of the median of other nodes", "network",
            "clockAheadMilliseconds"),
    ]

    /// The lines of the page, the last of them `# EOF`. `status` is the answer of that call.
    static func lines(_ status: JSONObject) -> [String] {
        text(status).split(separator: "\n").map { String($0) }
    }

    private static func text(_ status: JSONObject) -> String {
        var page = info(status)
        page += sample("plasmid_up", .gauge, "Whether the node runs", status["running"])
        page += families.map { family in
            sample(family.name, family.kind, family.help, value(status, family.path))
        }.joined()
        page += stored(status["store"]) + damaged(status["scrub"]) + transfers(status)
        for group in groups {
            guard let members = value(status, group.path)?.object?.members else { continue }
            for member in members {
                page += sample(
                    "plasmid_\(group.name)_\(snake(member.name))",
                    exceptions["\(group.name).\(member.name)"] ?? group.kind,
                    "\(group.help): \(snake(member.name, " "))", member.value)
            }
        }
        page += memory(status["memory"])
        page += histogram(
            "plasmid_news_age_seconds", "Age of records when they came",
            value(status, ["network", "lagSeconds"])
        ) { "\($0).0" }
        page += histogram(
            "plasmid_search_seconds", "Time that searches of the catalogue took",
            value(status, ["searches", "milliseconds"])
        ) { "\(Double($0) / 1_000)" }
        return page + "# EOF\n"
    }

    // MARK: Families

    private static func info(_ status: JSONObject) -> String {
        let version = escaped(status["version"]?.string ?? "")
        let role = escaped(status["role"]?.string ?? "")
        return "# TYPE plasmid info\n# HELP plasmid This node\n"
            + "plasmid_info{version=\"\(version)\",role=\"\(role)\"} 1\n"
    }

    private static func stored(_ store: JSONValue?) -> String {
        guard let classes = store?["classes"]?.object else { return "" }
        return ["blobs", "plain", "stored"].map { figure in
            let name = "plasmid_store_" + (figure == "blobs" ? "blobs" : figure + "_bytes")
            let help =
                switch figure {
                case "blobs": "Blobs by why they are here"
                case "plain": "Bytes of blobs as they are read"
                default: "Bytes of blobs as they lie on the disk"
                }
            return head(name, .gauge, help)
                + classes.members.map { member in
                    "\(name){class=\"\(member.name)\"} \(number(member.value[figure]) ?? "0")\n"
                }.joined()
        }.joined()
    }

    private static func damaged(_ scrub: JSONValue?) -> String {
        let count = Int64(scrub?["damaged"]?.array?.count ?? 0)
        return sample(
            "plasmid_damaged_layers", .gauge, "Layers that are not whole", .integer(count))
    }

    private static func transfers(_ status: JSONObject) -> String {
        guard let transfers = status["transfers"]?.array else { return "" }
        func sum(_ name: String) -> JSONValue {
            .integer(transfers.reduce(0) { $0 &+ ($1[name]?.integer ?? 0) })
        }
        return sample(
            "plasmid_transfers", .gauge, "Layers being fetched", .integer(Int64(transfers.count)))
            + sample("plasmid_transfers_done_bytes", .gauge, "Of them here", sum("done"))
            + sample("plasmid_transfers_whole_bytes", .gauge, "Of them in all", sum("total"))
    }

    /// Memory by what it is for.
    private static func memory(_ memory: JSONValue?) -> String {
        guard let members = memory?.object?.members else { return "" }
        let name = "plasmid_memory_bytes"
        return head(name, .gauge, "Memory by what it is for; resident is all of it")
            + members.map { "\(name){use=\"\($0.name)\"} \(number($0.value) ?? "0")\n" }.joined()
    }

    /// A histogram out of counts by their bounds, which `seconds` puts into seconds.
    private static func histogram(
        _ name: String, _ help: String, _ counts: JSONValue?, seconds: (Int64) -> String
    ) -> String {
        guard let counts = counts?.object else { return "" }
        var page = "# TYPE \(name) histogram\n# UNIT \(name) seconds\n# HELP \(name) \(help)\n"
        var below: Int64 = 0
        for member in counts.members.sorted(by: { bound($0.name) < bound($1.name) }) {
            below &+= member.value.integer ?? 0
            let limit = Int64(member.name).map(seconds) ?? "+Inf"
            page += "\(name)_bucket{le=\"\(limit)\"} \(below)\n"
        }
        return page
    }

    private static func bound(_ name: String) -> Int64 { Int64(name) ?? .max }

    // MARK: Lines

    /// Nothing where there is no figure.
    private static func sample(
        _ name: String, _ kind: Kind, _ help: String, _ value: JSONValue?
    ) -> String {
        guard let number = number(value) else { return "" }
        return head(name, kind, help)
            + "\(name)\(kind == .counter ? "_total" : "") \(number)\n"
    }

    private static func head(_ name: String, _ kind: Kind, _ help: String) -> String {
        let unit = ["bytes", "days", "seconds", "milliseconds"].first { name.hasSuffix("_" + $0) }
        return "# TYPE \(name) \(kind.rawValue)\n"
            + (unit.map { "# UNIT \(name) \($0)\n" } ?? "")
            + "# HELP \(name) \(escaped(help))\n"
    }

    private static func number(_ value: JSONValue?) -> String? {
        switch value {
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let isTrue): isTrue ? "1" : "0"
        default: nil
        }
    }

    private static func value(_ status: JSONObject, _ path: [String]) -> JSONValue? {
        path.dropFirst().reduce(status[path[0]]) { $0?[$1] }
    }

    /// `wordsDropped` as `words_dropped`.
    private static func snake(_ name: String, _ separator: String = "_") -> String {
        name.map { $0.isUppercase ? separator + $0.lowercased() : String($0) }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            .replacing("\"", with: "\\\"")
    }
}
