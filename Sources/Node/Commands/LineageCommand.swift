import Genome
import Host
import Wire

/// `plasmid lineage`: what a layer came from and what came of it, for people and for programs.
enum LineageCommand {
    private static let formats = ["tree"] + LineageFormat.allCases.map(\.rawValue)

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
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
