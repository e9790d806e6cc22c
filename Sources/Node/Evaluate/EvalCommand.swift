import Genome
import Host
import Learn
import Wire

/// `plasmid eval`: how well layers foretell data, beside their base.
enum EvalCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        guard arguments.isGiven("data") else {
            throw Failure(
                .usage, "--data is missing",
                remedy: "say --data FILE: .jsonl, .json, .csv, .txt or .md")
        }
        let access = LazyAccess(report, for: try LayerUse.run(arguments.texts("purpose")))
        let session = try ComputeSession.open(
            base: arguments.text("base"), layers: arguments.texts("layer"), access)
        try session.requireSilence("eval")
        let use = UseNote(session, command: "eval")
        let isPair = arguments.isGiven("synergy")
        let pair = try isPair ? EvalSynergy.layers(of: session) : nil
        let layer = arguments.isGiven("unsigned") ? nil : pair?.first ?? subject(session)
        guard layer != nil || !arguments.isGiven("statement") else {
            throw Failure(
                .refused, "nothing can be stated",
                why: "a statement is about one layer of the store, as it was published",
                remedy: "name one layer with --layer, without a weight")
        }
        let options = try EvalOptions(arguments, session)
        let data = try options.read(arguments.texts("data"))
        let paths = arguments.texts("retention")
        let retention = try paths.isEmpty ? nil : options.read(paths)
        for note in data.data.notes + (retention?.data.notes ?? []) { report.note("\(note)") }
        var made: [NewFile] = []
        do throws(Failure) {
            // Refused before anything is computed.
            let items = try newFile("items", arguments, &made)
            let statement = try newFile("statement", arguments, &made)
            let result = try result(data, retention, options.settings, session, arguments, pair)
            try items?.write(
                EvalItems.lines(
                    data.data.training, base: result.data.base.items,
                    adapted: result.data.adapted.items))
            use.write(access, report)
            try tell(result, session, about: layer, access, to: statement, report)
        } catch {
            for file in made { file.discard() }
            throw error
        }
    }

    private static func newFile(
        _ option: String, _ arguments: Arguments, _ made: inout [NewFile]
    ) throws(Failure) -> NewFile? {
        guard let path = arguments.text(option) else { return nil }
        let file = try NewFile(path)
        made.append(file)
        return file
    }

    /// Examples with the files that they were read from.
    private typealias Read = (data: TrainingData, files: [EvalFile])

    private static func result(
        _ data: Read, _ retention: Read?, _ settings: DataSettings,
        _ session: ComputeSession, _ arguments: Arguments, _ pair: (first: String, second: String)?
    ) throws(Failure) -> EvalResult {
        let entries = data.data.training + (retention?.data.training ?? [])
        let longest = entries.map { $0.example.tokens.count }.max() ?? 1
        let engine = try session.engine(arguments, positions: longest)
        // Once without a clock: the first reader of the weights waits for them.
        if let first = entries.first?.example {
            _ = try inLearn("reading the weights") { () throws(LearnError) in
                try Evaluation(engine, adapters: session.stack).score(first)
            }
        }
        let part = try score(data, session, engine)
        let general = try retention.map { read throws(Failure) in
            try score(read, session, engine)
        }
        var gained: EvalSynergy?
        if let pair {
            gained = try synergy(of: pair, data.data, session, engine, together: part.adapted)
        }
        return EvalResult(
            data: part, retention: general, synergy: gained, settings: settings,
            profile: engine.profile,
            hasLayers: session.stack != nil, hardware: Machine.processorName,
            peakMemory: Machine.peakMemory,
            processorSeconds: Double(Clock.processTime()) / 1e9)
    }

    /// Each of two layers alone on the same examples, beside what both do.
    private static func synergy(
        of pair: (first: String, second: String), _ data: TrainingData, _ session: ComputeSession,
        _ engine: Engine, together: EvalScores
    ) throws(Failure) -> EvalSynergy {
        func alone(_ index: Int) throws(Failure) -> EvalScores {
            let layer = session.layers[index]
            let (_, stack) = try ComputeSession.bound([layer], session.model)
            return try score(data, Evaluation(engine, adapters: stack), layer.source.title)
        }
        return EvalSynergy(
            layers: pair, alone: (try alone(0), try alone(1)), together: together)
    }

    private static func score(
        _ read: Read, _ session: ComputeSession, _ engine: Engine
    ) throws(Failure) -> EvalResult.Part {
        let base = try score(read.data, Evaluation(engine), session.base.title)
        var adapted = base
        if let stack = session.stack {
            adapted = try score(
                read.data, Evaluation(engine, adapters: stack), session.title)
        }
        return EvalResult.Part(data: read.data, files: read.files, base: base, adapted: adapted)
    }

    private static func score(
        _ data: TrainingData, _ evaluation: Evaluation, _ title: String
    ) throws(Failure) -> EvalScores {
        let terminal = Terminal(descriptor: 2)
        func now() -> Double { Double(Clock.monotonic()) / 1e9 }
        var line = CountLine(label: "eval \(title)", total: data.training.count, at: now())
        defer { if let text = line.clear() { Machine.write(text, to: 2) } }
        var scores = EvalScores()
        for (index, entry) in data.training.enumerated() {
            let begun = now()
            let score = try inLearn("judging \(entry.place)") { () throws(LearnError) in
                try evaluation.score(entry.example)
            }
            scores.add(
                score, tokens: entry.example.tokens.count, milliseconds: (now() - begun) * 1_000)
            if terminal.isTerminal,
                let text = line.update(done: index + 1, at: now(), width: terminal.columns)
            {
                Machine.write(text, to: 2)
            }
        }
        return scores
    }

    private static func tell(
        _ result: EvalResult, _ session: ComputeSession, about layer: String?,
        _ access: LazyAccess, to file: NewFile?, _ report: Report
    ) throws(Failure) {
        var object = JSONObject()
        session.describe(&object, result.profile)
        result.describe(&object, session)
        var lines = result.lines(title: session.title, width: Terminal(descriptor: 1).columns)
        if let layer {
            var request = JSONObject()
            request["layer"] = .string(layer)
            request["body"] = .object(result.statement(baseLayer: session.base.layer))
            let answer = try access.get().ask("measure", request)
            object["statement"] = .object(answer)
            lines.append(
                "Signed by this node as measurement \(answer["sequence"]?.integer ?? 0) of "
                    + (result.synergy == nil ? "the layer, and kept" : "what joins both, and kept"))
            try file?.write((answer["envelope"]?.string ?? "") + "\n")
        }
        report.done(object, text: lines)
    }

    /// The layer that the result speaks of: the only one over the base, with its own weight, or the
    /// base alone.
    private static func subject(_ session: ComputeSession) -> String? {
        guard let first = session.layers.first else { return session.base.layer }
        let isAlone = session.layers.count == 1 && first.merged.isEmpty
        return isAlone && first.weight == 1 ? first.source.layer : nil
    }
}
