import Genome
import Host
import Learn

/// The gates of an adapter as `verify` shows them: it is put on its base and run.
struct GateCheck: Equatable {
    /// Name of the gate.
    let name: String
    /// Whether it passed.
    let isSound: Bool
    /// What was found.
    let detail: String

    var json: JSONValue {
        ["name": .string(name), "ok": .bool(isSound), "detail": .string(detail)]
    }

    /// All gates of the layer that `verify` was asked about; none for one that is no adapter.
    static func run(
        _ arguments: Arguments, _ access: LazyAccess
    ) throws(Failure) -> [GateCheck] {
        let word = arguments.operand(0) ?? ""
        let source = try LayerSource.open(word, access)
        guard source.files.has(Adapter.configName) else {
            return [
                GateCheck(name: "gates", isSound: true, detail: "no adapter: nothing to run")
            ]
        }
        do throws(Failure) {
            let session = try ComputeSession.open(
                base: arguments.text("base"), layers: [word], access)
            return try checks(session, arguments)
        } catch {
            // The base that is not here is a reason to fetch it, not a fault of the layer.
            if error.code == .notFound || error.code == .usage { throw error }
            return [GateCheck(name: "bound", isSound: false, detail: error.why)]
        }
    }

    private static func checks(
        _ session: ComputeSession, _ arguments: Arguments
    ) throws(Failure) -> [GateCheck] {
        guard let layer = session.layers.first, let stack = session.stack else { return [] }
        let match = GateCheck(
            name: "base", isSound: true,
            detail: session.match == .verified
                ? "weights, graph and tokenizer are those it names" : "unverified: a plain folder")
        let results = try inLearn("running \(layer.source.title)") { () throws(LearnError) in
            let engine = try Engine(
                session.model, profile: .portable, threads: Team.lanesDefault)
            let adapter = try Adapter(layer.source.files)
            return try AdmissionGates(engine, adapter, stack).run()
        }
        return [match]
            + results.map { GateCheck(name: $0.name, isSound: $0.isSound, detail: $0.detail) }
    }
}
