import Genome
import Learn

/// One line that the process of a replay says to the command that started it.
enum ReplayNews: WorkerNews {
    /// Steps begin.
    case begun(ReplayCheck.Extent)
    /// A step was done, counted from the first that is done again; with the bytes of memory held.
    case step(Observation.Step, memory: UInt64)
    /// It came to this.
    case ended(ReplayCheck)
    /// It could not be done.
    case failed(Failure)

    var ending: Result<ReplayCheck, Failure>? {
        switch self {
        case .ended(let check): .success(check)
        case .failed(let failure): .failure(failure)
        case .begun, .step: nil
        }
    }

    var line: String {
        var object = JSONObject()
        switch self {
        case .begun(let extent):
            object["event"] = "begun"
            object["extent"] = extent.json
        case .step(let step, let memory):
            object = Observation.step(step).json
            object["event"] = "step"
            object["memory"] = .integer(Int64(clamping: memory))
        case .ended(let check):
            object["event"] = "ended"
            object["verdict"] = .string(check.verdict.rawValue)
            object["detail"] = .string(check.detail)
            object["extent"] = check.extent?.json
        case .failed(let failure):
            object = failure.json
            object["event"] = "failed"
        }
        return Report.line(object)
    }

    init?(_ line: String) {
        let limits = JSONLimits(bytes: 1 << 20, depth: 4, values: 1_000)
        guard let json = try? JSONParser.parse(Array(line.utf8), limits: limits) else {
            return nil
        }
        let extent = json["extent"].flatMap { ReplayCheck.Extent($0) }
        switch json["event"]?.string {
        case "begun":
            guard let extent else { return nil }
            self = .begun(extent)
        case "step":
            guard case .step(let step)? = Observation(json) else { return nil }
            self = .step(step, memory: UInt64(max(0, json["memory"]?.integer ?? 0)))
        case "ended":
            guard
                let verdict = json["verdict"]?.string.flatMap({ ReplayCheck.Verdict(rawValue: $0) })
            else { return nil }
            self = .ended(ReplayCheck(verdict, json["detail"]?.string ?? "", extent))
        case "failed": self = .failed(Failure(json: json["error"] ?? .null))
        default: return nil
        }
    }
}
