import Genome
import Host
import Learn
import Wire

/// The process that computes on the files of a layer for `verify`: what it reads came from peers,
/// so it is confined. It says what happens in lines of JSON.
struct CheckWorker {
    /// How this process is started: the verb and the process that starts it.
    static let verb = "check-worker"
    /// A file is read in steps that say something, and the longest of the gates takes minutes.
    private static let patience = WorkerSupervisor<CheckNews>.Patience(
        silence: 3_600, whole: 12 * 3_600)
    /// What it does, as failures name it.
    private static let what = "check of the layer"

    /// Starts such a process and follows it to its end, with what is going on for a person.
    static func follow(
        _ request: CheckRequest, _ report: Report
    ) throws(Failure) -> CheckNews.Answer {
        let supervisor = try WorkerSupervisor<CheckNews>(
            what, [verb, String(Machine.processNumber)], input: request.bytes,
            patience: patience)
        var display = ProgressDisplay(label: report.isJSON ? nil : "facts")
        defer { display.clear() }
        return try supervisor.follow { news in
            switch news {
            case .read(let done, let total):
                var step = JSONObject()
                step["done"] = .integer(Int64(clamping: done))
                step["total"] = .integer(Int64(clamping: total))
                display.update(step)
            case .begun(let what):
                display.clear()
                report.note(PlainText.shown(what))
            case .ended, .failed: break
            }
        }
    }

    /// Checks; the exit code is 0 if its last line says what it came to.
    static func run(parent: Int32) -> Int32 {
        do throws(Failure) {
            let bytes = try ConfinedWorker.begin(
                what, parent: parent, limit: CheckRequest.bytesMax)
            let request = try CheckRequest(bytes)
            let memory = try ConfinedWorker.limit(what, memory: request.memory)
            let facts = try FactCheck.run(request, tell: reading(request.source))
            var gates: [GateCheck] = []
            if request.isRun, request.source.files.has(Adapter.configName) {
                say(.begun("putting \(request.source.title) on its base"))
                gates = try GateCheck.run(request, memory: memory)
            }
            say(.ended(facts, gates))
            return 0
        } catch {
            say(.failed(error))
            return error.exitCode
        }
    }

    private static func say(_ news: CheckNews) { Machine.write(news.line + "\n", to: 1) }

    /// What is told of so many more bytes that were read, four times a second at most.
    private static func reading(_ source: LayerSource) -> (Int) -> Void {
        var total: UInt64 = 0
        for (name, place) in source.files.paths {
            let size = (try? File.facts(of: place).size) ?? 0
            // The tensors among them are read once more, one by one.
            total += name.hasSuffix(".safetensors") ? size * 2 : size
        }
        let whole = total
        var done: UInt64 = 0
        var told = Clock.monotonic()
        return { count in
            done += UInt64(count)
            let now = Clock.monotonic()
            guard now - told > 250_000_000 else { return }
            told = now
            say(.read(done: min(done, whole), total: whole))
        }
    }
}
