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

    /// All gates of a layer that is here, put on the base that `verify` names or on its own; none
    /// for one that is no adapter.
    static func run(
        _ layer: String, _ arguments: Arguments, _ access: LazyAccess
    ) throws(Failure) -> [GateCheck] {
        let source = try LayerSource.open(layer, access)
        guard source.files.has(Adapter.configName) else { return [] }
        let layers = [ComputeSession.Layer(source: source, weight: 1)]
        let word = arguments.text("base")
        do throws(Failure) {
            return try checks(try ComputeSession.open(base: word, layers, access))
        } catch {
            // The base that is not here is a reason to fetch it, not a fault of the layer.
            if error.code == .notFound || error.code == .usage { throw error }
            // Neither is one that is damaged here.
            if error.code == .corrupt {
                _ = try ComputeSession.model(of: try ComputeSession.base(word, layers, nil, access))
            }
            return [GateCheck(name: "bound", isSound: false, detail: error.why)]
        }
    }

    private static func checks(_ session: ComputeSession) throws(Failure) -> [GateCheck] {
        guard let adapter = session.adapters.first, let stack = session.stack else { return [] }
        let match = GateCheck(
            name: "base", isSound: true,
            detail: session.match == .verified
                ? "weights, graph and tokenizer are those it names" : "unverified: a plain folder")
        let results = try inLearn("running \(adapter.title)") { () throws(LearnError) in
            let engine = try Engine(
                session.model, profile: .portable, threads: Team.lanesDefault)
            return try AdmissionGates(engine, adapter, stack).run()
        }
        return [match] + results.map { GateCheck($0) }
    }
}
