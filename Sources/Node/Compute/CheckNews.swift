import Genome

/// One line that the process of a check says to the command that started it.
enum CheckNews: WorkerNews {
    /// What was found.
    typealias Answer = (facts: FactCheck, gates: [GateCheck])

    /// So many bytes were read, of so many.
    case read(done: UInt64, total: UInt64)
    /// Something that takes its time begins.
    case begun(String)
    /// It came to this.
    case ended(FactCheck, [GateCheck])
    /// It could not be done.
    case failed(Failure)

    var ending: Result<Answer, Failure>? {
        switch self {
        case .ended(let facts, let gates): .success((facts, gates))
        case .failed(let failure): .failure(failure)
        case .read, .begun: nil
        }
    }

    var line: String {
        var object = JSONObject()
        switch self {
        case .read(let done, let total):
            object["event"] = "read"
            object["done"] = .integer(Int64(clamping: done))
            object["total"] = .integer(Int64(clamping: total))
        case .begun(let what):
            object["event"] = "begun"
            object["what"] = .string(what)
        case .ended(let facts, let gates):
            object["event"] = "ended"
            object["facts"] = facts.json
            object["gates"] = .array(gates.map(\.news))
        case .failed(let failure):
            object = failure.json
            object["event"] = "failed"
        }
        return Report.line(object)
    }

    init?(_ line: String) {
        let limits = JSONLimits(
            bytes: ConfinedWorker.lineBytesMax, depth: 32, values: 1_000_000)
        guard let json = try? JSONParser.parse(Array(line.utf8), limits: limits) else {
            return nil
        }
        func count(_ name: String) -> UInt64 { UInt64(max(0, json[name]?.integer ?? 0)) }
        switch json["event"]?.string {
        case "read": self = .read(done: count("done"), total: count("total"))
        case "begun": self = .begun(json["what"]?.string ?? "")
        case "ended":
            guard let facts = json["facts"].flatMap({ FactCheck($0) }),
                let gates = json["gates"]?.array
            else { return nil }
            self = .ended(facts, gates.map { GateCheck($0) })
        case "failed": self = .failed(Failure(json: json["error"] ?? .null))
        default: return nil
        }
    }
}
