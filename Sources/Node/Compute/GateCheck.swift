import Genome
import Host
import Learn

/// The gates of an adapter as `verify` shows them: it is put on its base and run.
struct GateCheck: Equatable {
    /// Name of the gate.
    let name: String
    /// Whether it passed.
    let isSound: Bool
    /// Whether a person should look, though it passed.
    var isFlagged = false
    /// What was found.
    let detail: String
    /// What was measured, as a statement has it.
    var figures: [JSONValue] = []

    init(name: String, isSound: Bool, detail: String) {
        self.name = name
        self.isSound = isSound
        self.detail = detail
    }

    init(_ check: AdmissionGates.Check) {
        self.init(name: check.name, isSound: check.isSound, detail: check.detail)
        isFlagged = check.isFlagged
        figures = check.figures.compactMap { figure in
            NumberText.decimal(of: figure.value).map { text in
                [
                    "metric": .string(figure.metric), "value": .string(text),
                    "unit": .string(figure.unit),
                ]
            }
        }
    }

    var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["ok"] = .bool(isSound)
        object["detail"] = .string(detail)
        if isFlagged { object["flagged"] = true }
        return .object(object)
    }

    /// The object that one process tells another: with what was measured.
    var news: JSONValue {
        var object = json.object ?? JSONObject()
        if !figures.isEmpty { object["figures"] = .array(figures) }
        return .object(object)
    }

    /// The gate of such an object.
    init(_ json: JSONValue) {
        self.init(
            name: json["name"]?.string ?? "", isSound: json["ok"]?.bool ?? false,
            detail: json["detail"]?.string ?? "")
        isFlagged = json["flagged"]?.bool ?? false
        figures = json["figures"]?.array ?? []
    }

    /// All gates of an adapter, put on its base, in so many bytes of memory.
    static func run(_ request: CheckRequest, memory: UInt64) throws(Failure) -> [GateCheck] {
        let layers = [ComputeSession.Layer(source: request.source, weight: 1)]
        do throws(Failure) {
            let session = try ComputeSession.open(on: try request.base.get(), layers)
            return try checks(session, request.threads, memory)
        } catch {
            // The base that is not here is a reason to fetch it, not a fault of the layer; neither
            // is memory that is not here.
            if [.notFound, .usage, .quota].contains(error.code) { throw error }
            // Nor is a base that is damaged here.
            if error.code == .corrupt {
                _ = try ComputeSession.model(of: try request.base.get())
            }
            return [GateCheck(name: "bound", isSound: false, detail: error.why)]
        }
    }

    private static func checks(
        _ session: ComputeSession, _ threads: Int, _ memory: UInt64
    ) throws(Failure) -> [GateCheck] {
        guard let adapter = session.adapters.first, let stack = session.stack else { return [] }
        let match = GateCheck(
            name: "base", isSound: true,
            detail: session.match == .verified
                ? "weights, graph and tokenizer are those it names" : "unverified: a plain folder")
        let profile = Profile.portable
        let needed = Engine.memoryEstimate(
            session.model.architecture, profile: profile, positions: AdmissionGates.positions)
        let results = try inLearn("running \(adapter.title)") { () throws(LearnError) in
            guard needed <= memory else {
                throw .weights(.tooMuchMemory(needed: needed, allowed: memory))
            }
            let engine = try Engine(session.model, profile: profile, threads: threads)
            return try AdmissionGates(engine, adapter, stack).run()
        }
        return [match] + results.map { GateCheck($0) }
    }
}
