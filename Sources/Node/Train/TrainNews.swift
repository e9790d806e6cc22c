import Genome
import Learn

/// One line that a worker says to whoever runs it.
enum TrainNews {
    /// Base and data are read; steps begin.
    case ready(Ready)
    /// Something that a person should know.
    case note(String)
    /// It goes on from a checkpoint.
    case resumed(step: Int)
    /// A step was done; with the bytes of memory that are held.
    case step(Observation.Step, memory: UInt64)
    /// A state was judged.
    case judged(Observation.Evaluation)
    /// A state is being saved.
    case saving(step: Int)
    /// A state was saved.
    case saved(step: Int, milliseconds: Double)
    /// It went back because a loss was no number.
    case rolledBack(step: Int, to: Int)
    /// It was asked to stop and has saved its state.
    case stopped(step: Int)
    /// The adapter is there and passed its checks.
    case trained(Trained)
    /// It cannot go on.
    case failed(Failure)

    /// What is known before the first step.
    struct Ready: Equatable {
        let run: String
        let steps: Int
        let parameters: Int
        let memory: UInt64
        let examples: Int
        let tokens: Int
        let confined: Bool
    }

    /// What is known at the end.
    struct Trained: Equatable {
        let steps: Int
        let result: Int
        let early: Bool
        let peakMemory: UInt64
        let checks: [GateCheck]
    }

    /// The line.
    var line: String { Report.line(json) }

    private var json: JSONObject {
        var object = JSONObject()
        func put(_ name: String, _ value: Int) { object[name] = .integer(Int64(value)) }
        switch self {
        case .ready(let ready):
            object["event"] = "ready"
            object["run"] = .string(ready.run)
            put("steps", ready.steps)
            put("parameters", ready.parameters)
            put("memory", Int(clamping: ready.memory))
            put("examples", ready.examples)
            put("tokens", ready.tokens)
            object["confined"] = .bool(ready.confined)
        case .note(let text):
            object["event"] = "note"
            object["text"] = .string(text)
        case .resumed(let step):
            object["event"] = "resumed"
            put("step", step)
        case .step(let step, let memory):
            object = Observation.step(step).json
            object["event"] = "step"
            put("memory", Int(clamping: memory))
        case .judged(let found):
            object = Observation.evaluation(found).json
            object["event"] = "judged"
        case .saving(let step):
            object["event"] = "saving"
            put("step", step)
        case .saved(let step, let milliseconds):
            object["event"] = "saved"
            put("step", step)
            object["milliseconds"] = .double(milliseconds)
        case .rolledBack(let step, let to):
            object["event"] = "rolledBack"
            put("step", step)
            put("to", to)
        case .stopped(let step):
            object["event"] = "stopped"
            put("step", step)
        case .trained(let trained):
            object["event"] = "trained"
            put("steps", trained.steps)
            put("result", trained.result)
            object["early"] = .bool(trained.early)
            put("peakMemory", Int(clamping: trained.peakMemory))
            object["checks"] = .array(trained.checks.map(\.json))
        case .failed(let failure):
            object = failure.json
            object["event"] = "failed"
        }
        return object
    }

    /// The news of a line; nil for anything else, such as a line that a crash cut off.
    init?(_ line: String) {
        let limits = JSONLimits(bytes: 1 << 20, depth: 6, values: 10_000)
        guard let json = try? JSONParser.parse(Array(line.utf8), limits: limits) else {
            return nil
        }
        func count(_ name: String) -> Int { Int(json[name]?.integer ?? 0) }
        switch json["event"]?.string {
        case "ready":
            self = .ready(
                Ready(
                    run: json["run"]?.string ?? "", steps: count("steps"),
                    parameters: count("parameters"), memory: UInt64(max(0, count("memory"))),
                    examples: count("examples"), tokens: count("tokens"),
                    confined: json["confined"]?.bool ?? false))
        case "note": self = .note(json["text"]?.string ?? "")
        case "resumed": self = .resumed(step: count("step"))
        case "step":
            guard case .step(let step)? = Observation(json) else { return nil }
            self = .step(step, memory: UInt64(max(0, count("memory"))))
        case "judged":
            guard case .evaluation(let found)? = Observation(json) else { return nil }
            self = .judged(found)
        case "saving": self = .saving(step: count("step"))
        case "saved":
            self = .saved(
                step: count("step"), milliseconds: json["milliseconds"]?.number ?? 0)
        case "rolledBack": self = .rolledBack(step: count("step"), to: count("to"))
        case "stopped": self = .stopped(step: count("step"))
        case "trained":
            let checks = (json["checks"]?.array ?? []).map { GateCheck($0) }
            self = .trained(
                Trained(
                    steps: count("steps"), result: count("result"),
                    early: json["early"]?.bool ?? false,
                    peakMemory: UInt64(max(0, count("peakMemory"))), checks: checks))
        case "failed": self = .failed(Failure(json: json["error"] ?? .null))
        default: return nil
        }
    }
}
