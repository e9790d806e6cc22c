import Genome
import Host
import Wire

/// `plasmid lineage`: what a layer came from and what came of it, for people and for programs.
enum LineageCommand {
    private static let formats = ["tree"] + LineageFormat.allCases.map(\.rawValue)

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        if arguments.isGiven("event") || arguments.isGiven("from") {
            return try evolve(arguments, report)
        }
        let name = try arguments.choice("format", among: formats) ?? "tree"
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["up"] = .bool(arguments.isGiven("up"))
        object["down"] = .bool(arguments.isGiven("down"))
        let depth = try arguments.integer("depth", in: 0...1_000_000)
        object["depth"] = depth.map { .integer(Int64($0)) }
        var answer = try Access.open(report).ask("lineage", object)
        guard let graph = LineageGraph(.object(answer)) else {
            throw Failure(.internal, "the node did not describe a lineage")
        }
        guard let format = LineageFormat(rawValue: name) else {
            if let folder = arguments.text("out") {
                throw Failure(
                    .usage, "a tree is not written to \(PlainText.shown(folder))",
                    why: "it is for people to read",
                    remedy: "add --format dot, cypher, csv or prov")
            }
            let width = Terminal(descriptor: 1).columns
            report.done(answer, text: LineageTree(graph, width: width).lines)
            return
        }
        let files = format.files(of: graph)
        if graph.isCut {
            report.note("only \(graph.nodes.count) layers are written: say --depth N")
        }
        guard let folder = arguments.text("out") else {
            answer["documents"] = .array(
                files.map { ["name": .string($0.name), "text": .string($0.text)] })
            report.done(answer, text: files.map { String($0.text.dropLast()) })
            return
        }
        let paths = try write(files, to: ExportCommand.absolute(folder))
        answer["files"] = .array(paths.map { .string($0) })
        report.done(answer, text: paths.map { "Wrote \(PlainText.shown($0))" })
    }

    /// Has the node say how a layer came from another.
    private static func evolve(_ arguments: Arguments, _ report: Report) throws(Failure) {
        guard let event = arguments.text("event"), let from = arguments.text("from") else {
            throw Failure(
                .usage, "--event and --from go together",
                remedy: "say what happened and which layer it happened to")
        }
        var body = JSONObject()
        body["event"] = .string(event)
        if let text = arguments.text("confidence") {
            body["confidence"] = try decimal(text, "a confidence from 0 to 1", in: 0...1)
        }
        let gains = try arguments.texts("gain").map { text throws(Failure) -> JSONValue in
            let parts = text.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2 else {
                throw Failure(
                    .usage, "--gain \(PlainText.shown(text)) makes no sense",
                    why: "it must be METRIC=NUMBER")
            }
            let value = try decimal(parts[1], "a number", in: -1e30...1e30)
            return ["metric": .string(parts[0]), "value": value]
        }
        if !gains.isEmpty { body["improvements"] = .array(gains) }
        body["text"] = arguments.text("note").map { .string($0) }
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["from"] = .string(from)
        object["body"] = .object(body)
        let answer = try Access.open(report).ask("evolve", object)
        report.done(
            answer,
            text: [
                "Signed by this node as statement \(answer["sequence"]?.integer ?? 0), and kept."
            ])
    }

    private static func decimal(
        _ text: String, _ what: String, in range: ClosedRange<Double>
    ) throws(Failure) -> JSONValue {
        guard let value = Double(text), range.contains(value),
            let decimal = NumberText.decimal(of: value)
        else {
            throw Failure(
                .usage, "\(PlainText.shown(text)) makes no sense", why: "it must be \(what)")
        }
        return .string(decimal)
    }

    private static func write(
        _ files: [(name: String, text: String)], to folder: String
    ) throws(Failure) -> [String] {
        do throws(SystemError) {
            try Directory.create(folder)
        } catch {
            throw Failure(.refused, "the folder cannot be made: \(error)")
        }
        var made: [NewFile] = []
        do throws(Failure) {
            for file in files {
                let new = try NewFile("\(folder)/\(file.name)")
                made.append(new)
                try new.write(file.text)
            }
        } catch {
            for file in made { file.discard() }
            throw error
        }
        return files.map { "\(folder)/\($0.name)" }
    }
}
