import Genome
import Host
import Store
import Wire

/// The verbs that look at layers: show, list.
enum LookCommands {
    private static func size(_ value: JSONValue?) -> String {
        Sizes.text(UInt64(max(0, value?.integer ?? 0)))
    }

    static func list(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        askForKin(arguments, &object)
        let answer = try Access.open(report).ask("list", object)
        let layers = answer["layers"]?.array ?? []
        report.done(
            answer,
            text: layers.isEmpty && !object.isEmpty
                ? ["No layer that is here is related so."] : listLines(layers))
    }

    /// The questions about relatives.
    static func askForKin(_ arguments: Arguments, _ object: inout JSONObject) {
        for (option, name) in [
            ("ancestor-of", "ancestorOf"), ("descendant-of", "descendantOf"),
            ("compatible-with", "compatibleWith"), ("goes-with", "goesWith"),
        ] {
            object[name] = arguments.text(option).map { .string($0) }
        }
    }

    private static func listLines(_ layers: [JSONValue]) -> [String] {
        guard !layers.isEmpty else {
            return ["No layer is here yet.", "Share one with: plasmid share FOLDER"]
        }
        var table = Table([
            .init("LAYER", isElastic: true), .init("TYPE", isElastic: true),
            .init("VISIBILITY"), .init("ORIGIN"), .init("SIZE", isRight: true), .init("ID"),
        ])
        for layer in layers {
            table.add([
                layer["ref"]?.string ?? "", layer["type"]?.string ?? "",
                layer["visibility"]?.string ?? "", layer["origin"]?.string ?? "",
                size(layer["size"]), String((layer["layer"]?.string ?? "").prefix(8)),
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
    }

    static func show(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        let access = try Access.open(report)
        var answer = try access.ask("show", object)
        var uses: [String] = []
        let rating = try arguments.integer("rate", in: 1...5)
        if arguments.isGiven("usage") || arguments.isGiven("forget-usage") || rating != nil {
            object["layer"] = answer["layer"]
            object["rating"] = rating.map { .integer(Int64($0)) }
            object["forget"] = .bool(arguments.isGiven("forget-usage"))
            answer["uses"] = try access.ask("usage", object)["uses"]
            uses = useLines(answer["uses"]?.array ?? [])
        }
        report.done(answer, text: showLines(answer) + uses)
    }

    /// Who used it here: known to this machine alone.
    private static func useLines(_ uses: [JSONValue]) -> [String] {
        guard !uses.isEmpty else { return ["  used        never here"] }
        return uses.map { use in
            let rating = use["rating"]?.number.map { ", rated \(Int($0)) of 5" } ?? ""
            return "  used        \(use["started"]?.string ?? "") by \(use["verb"]?.string ?? "")"
                + rating
        }
    }

    private static func showLines(_ layer: JSONObject) -> [String] {
        let manifest = layer["manifest"]
        func text(_ name: String) -> String {
            PlainText.shown(layer[name]?.string ?? manifest?[name]?.string ?? "")
        }
        let words = layer["statements"]?.array ?? []
        let said = words.compactMap { line(of: $0) }
        guard layer["type"] != nil || manifest != nil else {
            return [
                text("layer"), "  here        no",
                "  known       by \(words.count) words about it alone",
                "              nobody tells this node of it, as when a grant is taken back",
            ] + said
        }
        let licence =
            layer["licence"]?.string ?? manifest?["licence"]?["expression"]?.string ?? ""
        var lines = [
            text("ref"),
            "  layer       \(text("layer"))",
            "  uuid        \(text("uuid"))",
            "  type        \(text("type"))",
            "  publisher   \(text("publisher"))",
            "  visibility  \(text("visibility"))",
            "  licence     \(PlainText.shown(licence))",
        ]
        lines += termsLines(layer)
        lines += [
            "  size        \(size(layer["size"]))"
                + (layer["stored"].map { ", \(size($0)) on this disk" } ?? ""),
            "  here        \(layer["held"]?.bool == true ? "yes" : "no")",
            "  holders     \((layer["holders"]?.array ?? []).count) announced",
        ]
        let summary = text("summary")
        if !summary.isEmpty { lines.insert("  \(summary)", at: 1) }
        if let base = manifest?["base"]?["weights"]?.string ?? layer["base"]?.string {
            lines.append("  base        weights \(base)")
        }
        if let lora = manifest?["loraConfig"] {
            let rank = lora["rank"]?.integer ?? 0
            lines.append("  rank        \(rank), alpha \(lora["alpha"]?.string ?? "")")
        }
        for file in (layer["files"]?.array ?? []).prefix(40) {
            lines.append(
                "  file        \(PlainText.shown(file["path"]?.string ?? "")) "
                    + "(\(size(file["size"])))")
        }
        lines += LayerLines.lines(layer)
        lines += said
        for reason in layer["newerNodeNeeded"]?.array ?? [] {
            lines.append("  needs a newer node to run: \(reason.string ?? "")")
        }
        return lines
    }

    /// What the terms let one do, before anything is downloaded.
    private static func termsLines(_ layer: JSONObject) -> [String] {
        var lines = LicenceExplanation(layer["terms"])?.lines(indent: "              ") ?? []
        if let refusal = layer["termsRefused"]?.string {
            lines.append("  refused     \(PlainText.shown(refusal))")
        }
        for warning in layer["termsWarned"]?.array ?? [] {
            lines.append("  warned      \(PlainText.shown(warning.string ?? ""))")
        }
        for origin in layer["origins"]?.array ?? [] {
            let words =
                "\(origin["percent"]?.integer ?? 0) % alike \(origin["ref"]?.string ?? "") of "
                + "\((origin["publisher"]?.string ?? "").prefix(8)), which it does not name"
                + (origin["older"] == false ? "; that one is younger" : "")
            lines.append("  origin      \(PlainText.shown(words))")
        }
        for path in layer["termsUnverified"]?.array ?? [] {
            lines.append("  unverified  terms of \(PlainText.shown(path.string ?? ""))")
        }
        return lines
    }

    /// The line about a statement, of the kinds that are shown.
    private static func line(of statement: JSONValue) -> String? {
        switch statement["kind"] {
        case "measurement": "  measured    \(measured(statement))"
        case "attestation": "  checked     \(checked(statement))"
        case "grant" where statement["body"]?["isRevoked"]?.bool == true:
            PlainText.shown("  taken back  by \(statement["fingerprint"]?.string ?? "")")
        default: nil
        }
    }

    /// `tested, passed: base, bound, strength (by k7x2m4qa)`: what was checked and by whom.
    private static func checked(_ statement: JSONValue) -> String {
        let body = statement["body"]
        func text(_ name: String) -> String { body?[name]?.string ?? "" }
        let procedure = text("procedure").isEmpty ? "" : ": \(text("procedure"))"
        return PlainText.shown(
            "\(text("claim")), \(text("result"))\(procedure) "
                + "(by \(statement["fingerprint"]?.string ?? ""))")
    }

    /// `loss 2.5, perplexity 12.2 on test.jsonl (by k7x2m4qa)`: the first figures of a measurement.
    private static func measured(_ statement: JSONValue) -> String {
        let figures = (statement["body"]?["figures"]?.array ?? []).prefix(2).map { figure in
            let value = Double(figure["value"]?.string ?? "") ?? 0
            return "\(figure["metric"]?.string ?? "") \(Decimals.text(value, 4))"
        }
        let data = statement["body"]?["dataset"]?["name"]?.string.map { " on \($0)" } ?? ""
        let words = figures.joined(separator: ", ") + data
        return PlainText.shown("\(words) (by \(statement["fingerprint"]?.string ?? ""))")
    }
}
