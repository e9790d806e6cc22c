import Genome
import Wire

/// What is written down about a job: `job.json` in its folder.
struct Job: Equatable {
    /// Its name: ten hexadecimal digits.
    let id: String
    /// What the layer will be called.
    let name: String
    /// Milliseconds since 1970 when it was made.
    let created: Int64
    /// Where it is.
    private(set) var state = JobState.queued
    /// Milliseconds since 1970 of the last change.
    var updated: Int64
    /// The process that works on it, and the boot of the machine it is a number of.
    var process: Int32 = 0
    /// See `process`.
    var boot = ""
    /// Whether it goes on without a terminal.
    var isDetached = false
    /// Run id, once it is known.
    var run: String?
    /// Steps that are done.
    var step = 0
    /// Steps that are planned; 0 while unknown.
    var steps = 0
    /// Loss of the last step.
    var loss: Double?
    /// States that were saved.
    var saves = 0
    /// Seconds during which no step was done because of that.
    var savingSeconds = 0.0
    /// The layer, once it is there.
    var layer: String?
    /// Why it failed or stopped.
    var message = ""

    /// Longest `job.json`.
    static let bytesMax = 65_536

    /// A new job.
    init(id: String, name: String, created: Int64) {
        self.id = id
        self.name = name
        self.created = created
        updated = created
    }

    /// Notes an event; one that cannot happen in this state is our own mistake.
    mutating func note(_ event: JobState.Event) {
        guard let next = state.after(event) else {
            preconditionFailure("\(event) cannot happen to a job that is \(state)")
        }
        state = next
    }

    /// The object of the file and of `jobs --json`.
    var json: JSONObject {
        var object = JSONObject()
        object["job"] = .string(id)
        object["name"] = .string(name)
        object["state"] = .string(state.rawValue)
        object["created"] = .integer(created)
        object["updated"] = .integer(updated)
        object["process"] = .integer(Int64(process))
        object["boot"] = .string(boot)
        object["detached"] = .bool(isDetached)
        object["run"] = run.map { .string($0) } ?? .null
        object["step"] = .integer(Int64(step))
        object["steps"] = .integer(Int64(steps))
        object["loss"] = loss.map { .double($0) } ?? .null
        object["saves"] = .integer(Int64(saves))
        object["savingSeconds"] = .double(savingSeconds)
        object["layer"] = layer.map { .string($0) } ?? .null
        object["message"] = .string(message)
        return object
    }

    /// The job of a file's bytes; nil if they are none.
    init?(_ bytes: [UInt8]) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 2, values: 64)
        guard let value = try? JSONParser.parse(bytes, limits: limits),
            let id = value["job"]?.string, Self.isIdentifier(id),
            let name = value["name"]?.string,
            let state = value["state"]?.string.flatMap({ JobState(rawValue: $0) }),
            let created = value["created"]?.integer, let updated = value["updated"]?.integer,
            let step = value["step"]?.integer, let steps = value["steps"]?.integer
        else { return nil }
        self.init(id: id, name: name, created: created)
        self.state = state
        self.updated = updated
        process = Int32(clamping: value["process"]?.integer ?? 0)
        boot = value["boot"]?.string ?? ""
        isDetached = value["detached"]?.bool ?? false
        run = value["run"]?.string
        self.step = Int(step)
        self.steps = Int(steps)
        loss = value["loss"]?.number
        saves = Int(value["saves"]?.integer ?? 0)
        savingSeconds = value["savingSeconds"]?.number ?? 0
        layer = value["layer"]?.string
        message = value["message"]?.string ?? ""
    }

    /// Whether a text may name a job, and with it a folder.
    static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count == 10
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// A name for a new job.
    static func makeIdentifier() -> String { Hexadecimal.encode(Sodium.random(count: 5)) }
}
