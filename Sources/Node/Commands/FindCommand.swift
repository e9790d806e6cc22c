import Genome
import Host
import Store
import Wire

/// `plasmid find`: searches what this node has heard of, and asks others while that is not all.
enum FindCommand {
    /// Longest wait in seconds.
    private static let waitMax = 3600

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let answer = try Access.open(report).ask("find", request(arguments))
        report.done(answer, text: lines(answer, now: Clock.wallMilliseconds()))
    }

    /// What is asked of the node.
    static func request(_ arguments: Arguments) throws(Failure) -> JSONObject {
        var object = JSONObject()
        // Scripts pass `""` for everything.
        object["text"] = arguments.operand(0).flatMap {
            $0.allSatisfy(\.isWhitespace) ? nil : .string($0)
        }
        for name in ["type", "name", "base", "licence", "language", "publisher", "after"] {
            object[name] = arguments.text(name).map { .string($0) }
        }
        object["organization"] = arguments.text("org").map { .string($0) }
        object["tags"] = .array(arguments.texts("tag").map { .string($0) })
        object["licenceClass"] = try arguments.choice(
            "licence-class", among: LicenceClass.allCases.map(\.rawValue)
        ).map { .string($0) }
        object["scope"] = try arguments.choice(
            "scope", among: FindScope.allCases.map(\.rawValue)
        ).map { .string($0) }
        object["rank"] = try range(arguments, "rank") { text throws(Failure) in
            guard let number = UInt64(text) else {
                throw Failure(
                    .usage, "--rank \(PlainText.shown(text)) makes no sense",
                    why: "it must be a whole number or two, as in 8..64")
            }
            return number
        }
        object["size"] = try range(arguments, "size") { text throws(Failure) in
            try Sizes.bytes(text, option: "--size")
        }
        let limit = try arguments.integer("limit", in: 1...QueryLimits.pageMax)
        object["limit"] = limit.map { .integer(Int64($0)) }
        LookCommands.askForKin(arguments, &object)
        let wait = try arguments.integer("wait", in: 0...waitMax) ?? 0
        object["local"] = arguments.isGiven("local") ? true : nil
        object["wait"] = .integer(Int64(wait) * 1000)
        return object
    }

    /// `8`, `8..64`, `..64` or `8..`, each end read by `read`.
    static func range(
        _ arguments: Arguments, _ option: String, _ read: (String) throws(Failure) -> UInt64
    ) throws(Failure) -> JSONValue? {
        guard let text = arguments.text(option) else { return nil }
        let parts = text.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0) }
        var object = JSONObject()
        for (name, part) in [("min", parts[0]), ("max", parts[parts.count - 1])]
        where !part.isEmpty {
            object[name] = .integer(Int64(clamping: try read(part)))
        }
        let low = object["min"]?.integer ?? 0
        guard !object.isEmpty, low <= object["max"]?.integer ?? .max else {
            throw Failure(
                .usage, "--\(option) \(PlainText.shown(text)) makes no sense",
                why: "it is one number, or the smallest and the largest with two dots between",
                remedy: "for example --\(option) 8..64, --\(option) ..64 or --\(option) 8..")
        }
        return .object(object)
    }

    /// What a person reads: a table, and what it does not show.
    static func lines(
        _ answer: JSONObject, now: UInt64, width: Int = Terminal(descriptor: 1).columns
    ) -> [String] {
        let results = answer["results"]?.array ?? []
        var lines = results.isEmpty ? nothing(answer) : table(results, width: width)
        if answer["truncated"]?.bool == true {
            lines.append(
                "The search stopped before it had looked at everything: there may be more.")
            lines.append("Ask for something narrower" + goingOn(answer))
        } else if answer["next"]?.string != nil {
            lines.append("There are more" + goingOn(answer))
        }
        return lines + asked(answer) + age(answer, now: now)
    }

    private static func goingOn(_ answer: JSONObject) -> String {
        guard let next = answer["next"]?.string else { return "." }
        return "; to go on: --after \(next)"
    }

    private static func nothing(_ answer: JSONObject) -> [String] {
        let scope = answer["scope"]?.string ?? "global"
        guard scope == "global" else {
            let count = answer["nodes"]?.integer ?? 1
            return [
                count > 1
                    ? "Nothing found here and at the \(count - 1) nodes in scope \(scope)."
                    : "Nothing found here; scope \(scope) reaches no other node now.",
                "All that was heard of is searched with: --scope global",
            ]
        }
        return [
            "Nothing found in the records that this node has.",
            "A new node hears of layers within seconds: plasmid find --wait 10",
        ]
    }

    private static func table(_ results: [JSONValue], width: Int) -> [String] {
        var table = Table([
            .init("LAYER", isElastic: true), .init("TYPE", isElastic: true),
            .init("LICENCE", isElastic: true),
            .init("SIZE", isRight: true), .init("HELD BY", isRight: true), .init("ID"),
        ])
        for result in results {
            let isHeld = result["held"]?.bool == true
            let holders = result["holders"]?.integer ?? 0
            table.add([
                result["ref"]?.string ?? "", result["type"]?.string ?? "",
                result["licence"]?.string ?? "",
                Sizes.text(UInt64(max(0, result["size"]?.integer ?? 0))),
                isHeld ? "\(holders), here" : "\(holders)",
                String((result["layer"]?.string ?? "").prefix(8)),
            ])
        }
        return table.lines(width: width)
    }

    /// Who else was asked, and who had less than the others.
    private static func asked(_ answer: JSONObject) -> [String] {
        guard let asked = answer["asked"] else { return [] }
        let nodes = asked["nodes"]?.array ?? []
        let why =
            asked["why"]?.string == "light"
            ? "this node is light" : "this node's catalogue is not whole yet"
        guard !nodes.isEmpty else {
            return ["No node that could be asked is connected, and \(why)."]
        }
        func count(_ kind: String) -> Int { nodes.count { $0["answer"]?.string == kind } }
        var parts = ["\(count("found")) answered"]
        for (kind, words) in [
            ("refused", "refused"), ("silent", "said nothing"), ("wrong", "answered wrongly"),
        ] where count(kind) > 0 {
            parts.append("\(count(kind)) \(words)")
        }
        var lines = [
            "Asked \(nodes.count) other node" + (nodes.count == 1 ? "" : "s")
                + ", since \(why): " + parts.joined(separator: ", ") + ".",
            "They know now what was looked for; --local asks nobody.",
        ]
        let less = nodes.count { $0["lacking"]?.integer ?? 0 > 0 }
        if less > 0 {
            let most = nodes.map { $0["lacking"]?.integer ?? 0 }.max() ?? 0
            lines.insert(
                "\(less) of them had less than the others, up to \(most) layers less.", at: 1)
        }
        return lines
    }

    /// How far the answer may lag behind what others know.
    private static func age(_ answer: JSONObject, now: UInt64) -> [String] {
        guard answer["running"]?.bool == true else {
            return ["No node runs here: this is what was known when one last ran."]
        }
        let domain = answer["domains"]?.array?.first
        let neighbours = domain?["neighbours"]?.integer ?? 0
        guard neighbours > 0 else {
            return ["No neighbour is connected: others may know of more. See: plasmid peers"]
        }
        guard let asOf = answer["asOf"]?.integer else {
            return ["Not yet compared with a neighbour: others may know of more."]
        }
        let age = Ages.text((Int64(clamping: now) - asOf) / 1_000)
        let agreeing = domain?["agreeing"]?.integer ?? 0
        return [
            "Compared with \(agreeing) of \(neighbours) neighbours, "
                + (age == "now" ? "just now." : "at most \(age) ago.")
        ]
    }
}
