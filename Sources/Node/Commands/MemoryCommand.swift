import Genome
import Host
import Learn
import Store
import Wire

/// `plasmid memory`: what a memory gives, in its order.
enum MemoryCommand {
    private static let countMax = 1_000
    private static let countDefault = 10

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let access = LazyAccess(report, for: try LayerUse.run(arguments.texts("purpose")))
        let source = try LayerSource.open(arguments.operand(0) ?? "", access)
        if let kind = source.kind, kind != .memory {
            throw Failure(
                .refused, "\(source.title) is no memory", why: "it is of type \(kind.name)")
        }
        let memory = try OpenMemory(source)
        let count = try arguments.integer("count", in: 1...countMax) ?? countDefault
        let search = arguments.text("search")
        let asked = try Preamble.order(arguments, "by")
        let order = asked ?? (search == nil ? nil : .similarity) ?? memory.order
        var model: MemoryModel?
        if order == .similarity {
            guard search != nil else {
                throw Failure(
                    .usage, "--search is missing", why: "likeness needs something to be like",
                    remedy: "say --search TEXT, or --by temporal or importance")
            }
            model = try self.model(arguments, source, access)
        }
        let entries = try memory.entries(by: order, count, question: search ?? "", model)
        let held = try inStore { () throws(StoreError) in try memory.database.count() }
        var object = JSONObject()
        object["layer"] = source.layer.map { .string($0) } ?? .null
        object["title"] = .string(source.title)
        object["memoryType"] = source.sections["memoryType"] ?? .null
        object["by"] = .string(order.rawValue)
        object["held"] = .integer(Int64(held))
        object["capacity"] = .integer(Int64(memory.database.limits.capacity))
        object["results"] = .array(entries.map { $0.json(of: source) })
        report.done(object, text: lines(entries, held: held, source))
    }

    /// The base that is named, or the one that the memory was made for.
    private static func model(
        _ arguments: Arguments, _ source: LayerSource, _ access: LazyAccess
    ) throws(Failure) -> MemoryModel {
        let session = try ComputeSession.open(
            base: arguments.text("base"), [], facts: source.base, access)
        let positions = min(session.model.architecture.positions, 4_096)
        return try MemoryModel(session, try session.engine(arguments, positions: positions))
    }

    private static func lines(
        _ entries: [MemoryEntry], held: Int, _ source: LayerSource
    ) -> [String] {
        var table = Table([
            .init("LIKENESS", isRight: true), .init("IMPORTANCE", isRight: true),
            .init("TIME", isRight: true), .init("TEXT", isElastic: true),
        ])
        for entry in entries {
            table.add([
                entry.likeness.map { Decimals.text($0, 3) } ?? "",
                Decimals.text(entry.importance, 2), "\(entry.time)",
                PlainText.shown(entry.text),
            ])
        }
        return ["\(PlainText.shown(source.title)) holds \(held) entries."]
            + (entries.isEmpty ? [] : table.lines(width: Terminal(descriptor: 1).columns))
    }
}
