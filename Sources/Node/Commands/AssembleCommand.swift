import Genome
import Wire

/// `plasmid assemble`: makes a layer out of layers that act together.
enum AssembleCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let words = arguments.texts("layer")
        guard !words.isEmpty else {
            throw Failure(
                .usage, "assemble needs --layer",
                remedy: "name each layer that takes part: --layer LAYER or LAYER:INFLUENCE")
        }
        var object = try ShareCommand.choices(arguments)
        object["members"] = .array(try words.map { word throws(Failure) in try member(word) })
        object["connections"] = .array(
            try arguments.texts("connect").map { text throws(Failure) in
                try connection(text, among: words)
            })
        object["persona"] = persona(arguments)
        object["decoding"] = try decoding(arguments)
        let access = try Access.open(makes: true, report)
        let answer = try access.ask("assemble", object)
        report.done(answer, text: lines(answer))
    }

    /// A number as a manifest writes it.
    private static func decimal(_ text: String, _ what: String) throws(Failure) -> JSONValue {
        guard let value = Double(text), let decimal = NumberText.decimal(of: value) else {
            throw Failure(
                .usage, "\(PlainText.shown(text)) is no number", why: "it should be \(what)")
        }
        return .string(decimal)
    }

    private static func member(_ word: String) throws(Failure) -> JSONValue {
        let (name, weight) = ComputeSession.weighted(word)
        var object = JSONObject()
        object["layer"] = .string(name)
        if weight != 1 { object["weight"] = try decimal("\(weight)", "an influence") }
        return .object(object)
    }

    /// `FROM:TO:KIND[:STRENGTH]`, ends by their places from 1 or by the words of `--layer`.
    private static func connection(
        _ text: String, among words: [String]
    ) throws(Failure) -> JSONValue {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        let kinds = Assembly.Connection.Kind.allCases.map(\.rawValue)
        guard (3...4).contains(parts.count), kinds.contains(parts[2]) else {
            throw Failure(
                .usage, "--connect \(PlainText.shown(text)) makes no sense",
                why: "it must be FROM:TO:KIND or FROM:TO:KIND:STRENGTH",
                remedy: "kinds are \(kinds.joined(separator: ", "))")
        }
        var object = JSONObject()
        object["from"] = .integer(Int64(try place(parts[0], among: words)))
        object["to"] = .integer(Int64(try place(parts[1], among: words)))
        object["kind"] = .string(parts[2])
        if parts.count == 4 { object["strength"] = try decimal(parts[3], "a strength from 0 to 1") }
        return .object(object)
    }

    private static func place(_ text: String, among words: [String]) throws(Failure) -> Int {
        let names = words.map { ComputeSession.weighted($0).name }
        if let index = names.firstIndex(of: text) { return index }
        if let number = Int(text), words.indices.contains(number - 1) { return number - 1 }
        throw Failure(
            .usage, "\(PlainText.shown(text)) is no layer of the assembly",
            remedy: "say a number from 1 to \(words.count), or the layer as --layer has it")
    }

    private static func persona(_ arguments: Arguments) -> JSONValue? {
        var object = JSONObject()
        object["identity"] = arguments.text("persona").map { .string($0) }
        object["style"] = arguments.text("style").map { .string($0) }
        let goals = arguments.texts("goal")
        if !goals.isEmpty { object["goals"] = .array(goals.map { .string($0) }) }
        return object.isEmpty ? nil : .object(object)
    }

    private static func decoding(_ arguments: Arguments) throws(Failure) -> JSONValue? {
        var object = JSONObject()
        for (option, name) in [("temperature", "temperature"), ("top-p", "topP")] {
            if let text = arguments.text(option) { object[name] = try decimal(text, option) }
        }
        if let count = try arguments.integer("max-tokens", in: 1...1 << 20) {
            object["maxTokens"] = .integer(Int64(count))
        }
        return object.isEmpty ? nil : .object(object)
    }

    private static func lines(_ answer: JSONObject) -> [String] {
        let plan = answer["plan"]
        let adapters = (plan?["adapters"]?.array ?? []).reduce(0) { $0 + ($1.array?.count ?? 0) }
        let texts = plan?["texts"]?.array?.count ?? 0
        let leftOut = plan?["leftOut"]?.array ?? []
        var lines = [
            "Assembled \(answer["ref"]?.string ?? "")", "  layer  \(answer["layer"]?.string ?? "")",
            "  acts   adapters: \(adapters), layers with words or memories: \(texts)",
        ]
        lines += leftOut.map { "  passed by  \($0.string?.prefix(16) ?? "")" }
        for edge in (answer["conflicts"]?.array ?? []).compactMap({ LayerEdge($0) }) {
            let severity = Decimals.text(edge.properties["severity"]?.number ?? 1, 2)
            lines.append(
                "  warning  \(edge.source.hexadecimal.prefix(8)) conflicts with "
                    + "\(edge.target.hexadecimal.prefix(8)) (\(edge.type), \(severity) of 1): "
                    + (edge.properties["resolution"]?.string ?? ""))
        }
        let overlaps = answer["overlaps"]?.array ?? []
        lines += overlaps.prefix(8).map { overlap in
            let layers = (overlap["layers"]?.array ?? []).compactMap(\.string)
            return "  shared module  \(overlap["module"]?.string ?? ""): "
                + layers.joined(separator: ", ")
        }
        if overlaps.count > 8 { lines.append("  … and \(overlaps.count - 8) more shared modules") }
        return lines.map { PlainText.shown($0) }
    }
}
