import Genome
import Host
import Learn
import Wire

/// The options of `train` as a request: what they leave out is decided here.
struct TrainOptions {
    private let arguments: Arguments
    private let access: LazyAccess
    private let note: (String) -> Void

    private static let countMax = 1 << 40
    private static let filesMax = RecipeSchema.filesMax
    /// Files that are open beside those of a layer: the home, the other parts of the layer.
    private static let openFilesBeside = 48

    /// The options of a command line; `note` is told what a person should know.
    init(
        _ arguments: Arguments, _ access: LazyAccess, note: @escaping (String) -> Void
    ) {
        self.arguments = arguments
        self.access = access
        self.note = note
    }

    /// The request.
    func request() throws(Failure) -> TrainRequest {
        guard let name = arguments.text("name") else {
            throw Failure(.usage, "--name is missing", remedy: "say what the adapter is called")
        }
        guard LayerName.isValid(name) else {
            throw Failure(
                .usage, "--name \(PlainText.shown(name)) makes no sense",
                why: "a name has letters, digits, '.', '_' and '-', at most 64")
        }
        let data = try sources("data")
        guard !data.isEmpty else {
            throw Failure(
                .usage, "--data is missing",
                remedy: "say --data FILE: .jsonl, .json, .csv, .txt or .md")
        }
        let start = try arguments.text("init").map { word throws(Failure) in
            try adapter(word)
        }
        let settings = try settings(start)
        let base = try base()
        var inputs = TrainInputs(
            base: base, start: start, data: data, evaluation: try sources("eval"),
            settings: settings, dataSettings: try dataSettings(base, seed: settings.seed))
        try judge(&inputs)
        let threads =
            try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault
        var request = TrainRequest(inputs: inputs, threads: threads, sharing: try sharing(name))
        request.memory = try arguments.text("memory").map { text throws(Failure) in
            try Sizes.bytes(text, option: "--memory")
        }
        request.checkpointSteps = try arguments.integer(
            "checkpoint-steps", in: 1...Self.countMax)
        request.parts =
            try arguments.integer("keep-checkpoints", in: 1...CheckpointSchedule.partsMax)
            ?? request.parts
        try Self.checkOpenFiles(request, most: Machine.raiseOpenFiles())
        request.isDetached = arguments.isGiven("detach")
        request.dataLicence = try licence("data-licence")
        if let why = request.dataHindrance {
            note("the data do not go with the layer: \(why)")
        }
        return request
    }

    /// Refuses more checkpoints than can be open when the layer is made of them: found out now
    /// and not when all steps are done.
    static func checkOpenFiles(_ request: TrainRequest, most: Int) throws(Failure) {
        func count(_ parts: Int) -> Int {
            let states = min(parts, request.inputs.settings.steps) + CheckpointSchedule.besides
            return states * CheckpointStore.fileNames.count + request.inputs.data.count
                + openFilesBeside
        }
        guard count(request.parts) > most else { return }
        let fitting = (1..<request.parts).last { count($0) <= most }
        throw Failure(
            .refused, "\(request.parts) parts of the run need more open files than are allowed",
            why: "\(count(request.parts)) are needed, \(most) are allowed",
            remedy: fitting.map { "say --keep-checkpoints \($0) or less" }
                ?? "allow more: ulimit -n \(count(request.parts))")
    }

    // MARK: Places

    private func base() throws(Failure) -> TrainInputs.Part {
        guard let word = arguments.text("base") else {
            throw Failure(
                .usage, "--base is missing", why: "an adapter changes one model",
                remedy: "say --base LAYER or --base DIR")
        }
        let part = try part(word)
        guard part.files.has("config.json") else {
            throw Failure(
                .notFound, "\(PlainText.shown(word)) is not a model",
                why: "it has no config.json",
                remedy: "name a model: plasmid find --type foundation")
        }
        return part
    }

    private func part(_ word: String) throws(Failure) -> TrainInputs.Part {
        let source = try LayerSource.open(word, access)
        var files = source.files
        if source.layer == nil {
            files = LayerFiles(files.paths, title: ExportCommand.absolute(word))
        }
        return TrainInputs.Part(files: files, layer: source.layer, facts: source.offers)
    }

    /// The adapter to start from. Of one in a folder a layer with the same weights is the parent.
    private func adapter(_ word: String) throws(Failure) -> TrainInputs.Part {
        let given = try part(word)
        guard given.layer == nil, let weights = try LayerSource.weights(given.files) else {
            return given
        }
        do throws(Failure) {
            let held = try LayerSource.held(weights: weights, isAdapter: true, access)
            return TrainInputs.Part(files: given.files, layer: held.layer, facts: nil)
        } catch {
            guard error.code == .notFound else { throw error }
            note(
                "no layer here has the weights of \(word), so the new one names no parent; "
                    + "share it first to have it named")
            return given
        }
    }

    private func sources(_ option: String) throws(Failure) -> [TrainInputs.Source] {
        let words = arguments.texts(option)
        guard words.count <= Self.filesMax else {
            throw Failure(.usage, "--\(option) is given more than \(Self.filesMax) times")
        }
        var sources: [TrainInputs.Source] = []
        for word in words {
            let path = ExportCommand.absolute(word)
            let kind: FileFacts.Kind
            do throws(SystemError) {
                kind = try File.facts(of: try Directory.resolve(path)).kind
            } catch {
                throw Failure(
                    .notFound, "--\(option) \(PlainText.shown(word)) cannot be read",
                    why: error.reason, remedy: "check the name, and the folder it is meant from")
            }
            guard kind == .file else {
                throw Failure(
                    .notFound, "--\(option) \(PlainText.shown(word)) is no file",
                    why: kind == .folder ? "it is a folder" : "",
                    remedy: "name each file: --\(option) may be given again")
            }
            sources.append(TrainInputs.Source(name: word, path: path))
        }
        return sources
    }

    // MARK: Settings

    private func settings(_ start: TrainInputs.Part?) throws(Failure) -> TrainingSettings {
        var settings = TrainingSettings()
        if let start { try take(start, into: &settings) }
        let counts: [(String, WritableKeyPath<TrainingSettings, Int>, ClosedRange<Int>)] = [
            ("rank", \.rank, 1...65_536), ("steps", \.steps, 1...Self.countMax),
            ("batch", \.batch, 1...65_536), ("accumulate", \.accumulate, 1...65_536),
            ("warmup", \.warmup, 0...Self.countMax),
        ]
        for (name, place, range) in counts {
            if let value = try arguments.integer(name, in: range) {
                settings[keyPath: place] = value
            }
        }
        let numbers: [(String, WritableKeyPath<TrainingSettings, Double>)] = [
            ("alpha", \.alpha), ("lr", \.learningRate), ("weight-decay", \.weightDecay),
            ("clip", \.clip), ("dropout", \.dropout),
        ]
        for (name, place) in numbers {
            if let value = try number(name) { settings[keyPath: place] = value }
        }
        if let text = arguments.text("targets") { settings.targets = Self.targets(text) }
        let schedules = TrainingSettings.Schedule.allCases.map(\.rawValue)
        if let name = try arguments.choice("schedule", among: schedules),
            let schedule = TrainingSettings.Schedule(rawValue: name)
        {
            settings.schedule = schedule
        }
        for entry in arguments.texts("rank-pattern") {
            let (key, value) = try Self.pair(entry, "rank-pattern")
            guard let rank = Int(value), (1...65_536).contains(rank) else {
                throw Failure(.usage, "--rank-pattern \(PlainText.shown(entry)) has no rank")
            }
            settings.rankPattern.append((key, rank))
        }
        for entry in arguments.texts("alpha-pattern") {
            let (key, value) = try Self.pair(entry, "alpha-pattern")
            guard let alpha = Double(value), alpha.isFinite else {
                throw Failure(.usage, "--alpha-pattern \(PlainText.shown(entry)) has no number")
            }
            settings.alphaPattern.append((key, alpha))
        }
        if arguments.isGiven("rslora") { settings.isRankStabilised = true }
        if let text = arguments.text("seed") {
            guard let seed = UInt64(text) else {
                throw Failure(.usage, "--seed \(PlainText.shown(text)) is no whole number")
            }
            settings.seed = seed
        }
        settings.profile = try ComputeSession.profile(arguments)
        settings.sortPatterns()
        let checked = settings
        try inLearn("reading the options") { () throws(LearnError) in try checked.check() }
        return settings
    }

    /// Shape and scale of the adapter to start from, so that they need not be said again.
    private func take(
        _ start: TrainInputs.Part, into settings: inout TrainingSettings
    ) throws(Failure) {
        let facts = try inLearn("opening \(start.files.title)") { () throws(LearnError) in
            try Adapter(start.files).facts
        }
        settings.rank = Int(facts.config.rank)
        settings.alpha = Double(facts.config.alpha) ?? settings.alpha
        settings.targets = facts.config.targets
        settings.isRankStabilised = facts.config.isRankStabilised
        settings.rankPattern = facts.config.rankPattern.map { ($0.key, Int($0.rank)) }
        settings.alphaPattern = facts.config.alphaPattern.map { ($0.key, Double($0.alpha) ?? 0) }
    }

    private func dataSettings(
        _ base: TrainInputs.Part, seed: UInt64
    ) throws(Failure) -> DataSettings {
        var settings = DataSettings()
        settings.seed = seed
        settings.sequenceLength = try EvalOptions.sequenceLength(
            arguments, positions: try positions(base), of: base.files.title)
        if let name = try arguments.choice("order", among: ["given", "shuffled"]) {
            settings.order = DataSettings.Order(rawValue: name) ?? settings.order
        }
        settings.isPacked = !arguments.isGiven("no-packing")
        settings.evaluationPart = try number("eval-split") ?? 0
        let long = ["refuse", "truncate", "skip", "split"]
        if let name = try arguments.choice("long", among: long) {
            settings.long = DataSettings.Long(rawValue: name) ?? settings.long
        }
        if let name = try arguments.choice("learn", among: ["assistant", "all"]) {
            settings.learned = DataSettings.Learned(rawValue: name) ?? settings.learned
        }
        if let path = arguments.text("template") {
            let bytes = try JobFolder.onDisk(path) { () throws(SystemError) in
                try File(path, .read).readAll(limit: 1 << 20)
            }
            settings.template = String(decoding: bytes, as: UTF8.self)
        }
        settings.date = try arguments.text("date").map { text throws(Failure) in
            try EvalOptions.date(text)
        }
        let checked = settings
        try inLearn("reading the options") { () throws(LearnError) in try checked.check() }
        return settings
    }

    private func positions(_ base: TrainInputs.Part) throws(Failure) -> Int {
        try inLearn("opening \(base.files.title)") { () throws(LearnError) in
            try Model(base.files)
        }.architecture.positions
    }

    private func judge(_ inputs: inout TrainInputs) throws(Failure) {
        let isJudged = !inputs.evaluation.isEmpty || inputs.dataSettings.evaluationPart > 0
        for option in ["eval-every", "patience", "keep"]
        where arguments.isGiven(option) && !isJudged {
            throw Failure(
                .usage, "--\(option) needs something to judge by",
                remedy: "say --eval FILE or --eval-split F")
        }
        inputs.evaluationEvery = try arguments.integer("eval-every", in: 1...Self.countMax) ?? 0
        inputs.patience = try arguments.integer("patience", in: 1...Self.countMax) ?? 0
        guard inputs.patience == 0 || inputs.evaluationEvery > 0 else {
            throw Failure(.usage, "--patience needs --eval-every N")
        }
        let keep = try arguments.choice("keep", among: ["best", "last"])
        inputs.keepsBest = keep.map { $0 == "best" } ?? (inputs.evaluationEvery > 0)
    }

    // MARK: Sharing

    private func sharing(_ name: String) throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["name"] = .string(name)
        let isShared = arguments.isGiven("share")
        for option in ["visibility"] where arguments.isGiven(option) != isShared {
            throw Failure(
                .usage, isShared ? "--visibility is missing" : "--visibility needs --share",
                why: "a published copy cannot be called back, so there is no default",
                remedy: "say --share --visibility public, or neither to keep it here")
        }
        object["visibility"] = .string(arguments.text("visibility") ?? "private")
        object["version"] = try arguments.text("version").map { text throws(Failure) in
            guard let version = SemanticVersion(text) else {
                throw Failure(.usage, "--version \(PlainText.shown(text)) is no version")
            }
            return .string(version.text)
        }
        object["licence"] = try licence("licence").map { .string($0) }
        if isShared, object["visibility"]?.string != "private", object["licence"] == nil {
            throw Failure(.sharing(.licenceMissing), doing: "sharing the adapter")
        }
        object["summary"] = arguments.text("summary").map { .string($0) }
        object["tags"] = .array(arguments.texts("tag").map { .string($0) })
        return object
    }

    private func licence(_ option: String) throws(Failure) -> String? {
        guard let text = arguments.text(option) else { return nil }
        return try inGenome("reading --\(option)") { () throws(GenomeError) in
            try LicenceExpression(parsing: text)
        }.description
    }

    // MARK: Words

    private func number(_ name: String) throws(Failure) -> Double? {
        guard let text = arguments.text(name) else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw Failure(.usage, "--\(name) \(PlainText.shown(text)) is no number")
        }
        return value
    }

    /// `q_proj,v_proj`, `all-linear`, or a regular expression of whole paths.
    static func targets(_ text: String) -> AdapterConfig.Targets {
        if text == "all-linear" { return .allLinear }
        let marks = "*+?()[]|^$\\{}"
        if text.contains(where: { marks.contains($0) }) { return .pattern(text) }
        return .names(text.split(separator: ",").map { String($0) })
    }

    private static func pair(
        _ entry: String, _ option: String
    ) throws(Failure) -> (key: String, value: String) {
        guard let cut = entry.lastIndex(of: "="), cut != entry.startIndex else {
            throw Failure(
                .usage, "--\(option) \(PlainText.shown(entry)) makes no sense",
                why: "it must be MODULE=NUMBER")
        }
        return (String(entry[..<cut]), String(entry[entry.index(after: cut)...]))
    }
}
