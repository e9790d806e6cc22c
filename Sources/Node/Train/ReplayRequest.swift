import Genome
import Host
import Learn
import Store
import Wire

/// What a replay needs, by places on this machine: the command that holds the home makes it, the
/// process that computes reads it from its standard input.
struct ReplayRequest {
    /// Longest request in bytes: a base of many shards and data of many files have long names.
    static let bytesMax = 16 << 20
    /// Longest run record in its envelope.
    static let envelopeMax = RunRecordSchema.bytesMax * 2

    /// The run's inputs, as its recipe has them.
    var inputs: TrainInputs
    /// The home whose objects hold the evidence.
    var home: String
    /// The signed run record.
    var record: Digest
    /// How to call the run.
    var title: String
    /// Threads that compute.
    var threads: Int
    /// Bytes of memory that it may take; nil for what there is.
    var memory: UInt64?
    /// Whether all steps are done again.
    var isAll: Bool
    /// Whether data or base are files that a person named.
    var isGiven: Bool

    private var layout: Layout { Layout(home: home) }

    /// The canonical text.
    func bytes() throws(Failure) -> [UInt8] {
        var object = JSONObject()
        object["inputs"] = .object(try inputs.json())
        object["home"] = .string(home)
        object["record"] = .string(record.hexadecimal)
        object["title"] = .string(title)
        object["threads"] = .integer(Int64(threads))
        object["memory"] = memory.map { .integer(Int64(clamping: $0)) }
        object["all"] = .bool(isAll)
        object["given"] = .bool(isGiven)
        return CanonicalJSON.write(object)
    }

    /// The request of such a text.
    init(_ bytes: [UInt8]) throws(Failure) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 12, values: 400_000)
        let value = try inGenome("reading the request of a replay") { () throws(GenomeError) in
            try JSONParser.parse(bytes, limits: limits)
        }
        guard let inputs = value["inputs"], let home = value["home"]?.string,
            let record = value["record"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            let threads = value["threads"]?.integer, (1...Team.lanesMax).contains(Int(threads))
        else { throw Failure(.internal, "the request of a replay is damaged") }
        self.init(
            inputs: try TrainInputs(inputs), home: home, record: record,
            title: value["title"]?.string ?? "", threads: Int(threads),
            isAll: value["all"]?.bool ?? false, isGiven: value["given"]?.bool ?? false)
        memory = value["memory"]?.integer.flatMap { UInt64(exactly: $0) }
    }

    init(
        inputs: TrainInputs, home: String, record: Digest, title: String, threads: Int,
        memory: UInt64? = nil, isAll: Bool, isGiven: Bool
    ) {
        self.inputs = inputs
        self.home = home
        self.record = record
        self.title = title
        self.threads = threads
        self.memory = memory
        self.isAll = isAll
        self.isGiven = isGiven
    }

    // MARK: Reading evidence

    /// An object's bytes; one that is not here is named with what to do.
    static func object(
        _ id: Digest, _ what: String, limit: Int, _ layout: Layout
    ) throws(Failure) -> [UInt8] {
        let path = layout.plainPath(id)
        guard Directory.exists(path) else {
            throw Failure(
                .notFound, "\(what) is not here", remedy: "plasmid fetch LAYER --evidence")
        }
        let bytes = try JobFolder.onDisk(path) { () throws(SystemError) -> [UInt8]? in
            let file = try File(path, .read)
            return try file.facts().size <= UInt64(limit) ? try file.readAll(limit: limit) : nil
        }
        guard let bytes else {
            throw Failure(.corrupt, "\(what) is longer than one can be", why: "\(limit) bytes")
        }
        return bytes
    }

    /// The run record and its recipe: signed, canonical, of one run, and of rules that this
    /// program follows.
    static func run(
        _ id: Digest, _ layout: Layout
    ) throws(Failure) -> (RunRecord, Recipe) {
        let envelope = try object(id, "the run record", limit: envelopeMax, layout)
        let record = try inGenome("reading the run record") { () throws(GenomeError) in
            try RunRecord.verified(envelope)
        }
        let bytes = try object(
            record.recipe.blob, "the recipe", limit: RecipeSchema.bytesMax, layout)
        let recipe = try inGenome("reading the recipe") { () throws(GenomeError) in
            try Recipe.decode(bytes)
        }
        guard recipe.run == record.run else {
            throw Failure(.corrupt, "the recipe is not the one of run \(record.run)")
        }
        try check(recipe)
        if let why = RunStory(record, recipe).contradiction() {
            throw Failure(.corrupt, "the record contradicts itself", why: why)
        }
        return (record, recipe)
    }

    /// Other rules are those of another program, not a fault.
    private static func check(_ recipe: Recipe) throws(Failure) {
        let rules: [(String, String?, [String])] = [
            ("arithmetic", recipe.json["arithmetic"]?.string, [RecipeBuilder.arithmetic]),
            ("profile", recipe.json["profile"]?.string, Profile.allCases.map(\.rawValue)),
            ("unicode", recipe.json["data"]?["unicode"]?.string, [UnicodeTables.version]),
        ]
        for (name, found, known) in rules where !known.contains(found ?? "") {
            if let found, let now = FrozenName.successor(of: found, among: known) {
                throw Failure(
                    .unsupported, "the run was recorded before its rules were frozen",
                    why: "its \(name) is \(PlainText.shown(found)), whose bits still changed; "
                        + "since then it is \(now)",
                    remedy: "train it again with this version, or replay it with the version that "
                        + "recorded it")
            }
            throw Failure(
                .unsupported, "the run was computed by other rules than this program's",
                why: "its \(name) is \(PlainText.shown(found ?? "")), known here: "
                    + known.joined(separator: ", "))
        }
    }
}
