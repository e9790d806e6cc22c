import Genome
import Host
import Learn
import Wire

/// Does a part of the training that made a layer again, on this machine, and compares every bit:
/// what `verify` says of a layer with a run record.
struct ReplayCheck: Equatable {
    /// What it came to.
    enum Verdict: String {
        /// The same bits.
        case exact = "bit-exact-replayed"
        /// Other bits, or evidence that contradicts itself.
        case differs
        /// Nothing was done again: something needed is not here, or not of this program.
        case notDone = "not-replayed"
    }

    /// How much of a run was done again.
    struct Extent: Equatable {
        /// Steps that were done before, and at the end.
        let steps: Range<Int>
        /// Steps of the run.
        let whole: Int
        /// Steps of the shortest stretch that could have been drawn.
        let shortest: Int

        var json: JSONValue {
            [
                "from": .integer(Int64(steps.lowerBound)), "to": .integer(Int64(steps.upperBound)),
                "steps": .integer(Int64(steps.count)), "of": .integer(Int64(whole)),
                "shortest": .integer(Int64(shortest)),
            ]
        }

        init(steps: Range<Int>, whole: Int, shortest: Int) {
            self.steps = steps
            self.whole = whole
            self.shortest = shortest
        }

        init?(_ json: JSONValue) {
            func count(_ name: String) -> Int? { json[name]?.integer.flatMap { Int(exactly: $0) } }
            guard let from = count("from"), let to = count("to"), let whole = count("of"),
                let shortest = count("shortest"), from <= to
            else { return nil }
            self.init(steps: from..<to, whole: whole, shortest: shortest)
        }

        /// What it is worth, in words: of one forged step, which every draw may miss.
        var words: String {
            if steps.count == whole { return "all \(whole) steps" }
            return "steps \(steps.lowerBound) to \(steps.upperBound), \(steps.count) of \(whole),"
        }

        /// How much, as a statement has it.
        var note: String { " (\(steps.count) of \(whole) steps)" }

        /// How likely a forged step stays hidden; empty if it cannot.
        var doubt: String {
            guard steps.count < whole else { return "" }
            return "; one forged step would escape up to \(whole - shortest) of \(whole) such "
                + "checks, none with --all"
        }
    }

    /// Seconds without a word. The largest data are read in a quarter of an hour, and whoever
    /// trains here waits for no step this long.
    private static let silenceSecondsMax: UInt64 = 2 * 3_600

    /// In one word.
    let verdict: Verdict
    /// What was found, for a person.
    let detail: String
    /// What was done again; nil if nothing was, or not to its end.
    var extent: Extent?

    /// The check as `verify` lists it.
    var check: GateCheck {
        GateCheck(name: "replay", isSound: verdict != .differs, detail: detail)
    }

    init(_ verdict: Verdict, _ detail: String, _ extent: Extent? = nil) {
        self.verdict = verdict
        self.detail = detail
        self.extent = extent
    }

    /// The same bits over so many steps of a run.
    init(_ run: Digest, _ extent: Extent, from start: Digest?) {
        let begin = start.map { ", which started from the adapter \($0.hexadecimal.prefix(16))" }
        self.init(
            .exact,
            "\(Verdict.exact.rawValue): \(extent.words) of run \(run)" + (begin ?? "")
                + extent.doubt, extent)
    }

    /// What a failure says of the layer. What is not here, not enough or not of this program is
    /// no fault of the layer; evidence that cannot be what it says is one.
    init(_ failure: Failure) throws(Failure) {
        let words = Self.words(failure)
        switch failure.code {
        case .notFound, .usage, .quota, .unsupported: self.init(.notDone, "not done: " + words)
        case .refused, .corrupt: self.init(.differs, words)
        case .licence, .unreachable, .busy, .internal: throw failure
        }
    }

    /// All of a failure, for a person.
    static func words(_ failure: Failure) -> String {
        [failure.message, failure.why, failure.remedy].filter { !$0.isEmpty }
            .joined(separator: ": ")
    }

    /// The replay of the layer that `verify` was asked about; nil for one without a record. The
    /// home is let go before a step is done.
    static func run(
        _ arguments: Arguments, _ access: LazyAccess, _ report: Report
    ) throws(Failure) -> ReplayCheck? {
        do throws(Failure) {
            let evidence = try ReplayEvidence(arguments, access)
            guard let evidence else { return nil }
            let request = try evidence.request(access)
            access.release()
            return try supervise(request, report)
        } catch {
            return try ReplayCheck(error)
        }
    }

    /// Starts the process that computes, and follows it to its end.
    private static func supervise(
        _ request: ReplayRequest, _ report: Report
    ) throws(Failure) -> ReplayCheck {
        let supervisor = try WorkerSupervisor<ReplayNews>(
            "replay", [ReplayWorker.verb, String(Machine.processNumber)],
            input: try request.bytes(), patience: .init(silence: silenceSecondsMax))
        var display = TrainDisplay(isShown: !report.isJSON, label: "replay")
        defer { display.clear() }
        var steps = 0
        return try supervisor.follow { news in
            switch news {
            case .begun(let extent):
                steps = extent.steps.count
                report.note("doing again \(extent.words) of \(request.title)")
            case .step(let step, let memory): display.update(step, of: steps, memory: memory)
            case .ended, .failed: break
            }
        }
    }
}
