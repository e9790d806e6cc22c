import Genome
import Host
import Wire

/// The folder of one job, `jobs/ID` in the home: what it is, what it was asked, what came of it.
///
/// Only the process that holds `LOCK` changes anything in it. A job that says it runs and whose
/// lock is free has lost its process; it is shown as stopped and can go on.
struct JobFolder {
    /// The folder.
    let path: String

    /// What was asked.
    var request: String { "\(path)/request.json" }
    /// The recipe, once it is known.
    var recipe: String { "\(path)/recipe.json" }
    /// One line a step.
    var observations: String { "\(path)/observations.jsonl" }
    /// One line for what happened besides steps.
    var events: String { "\(path)/events.jsonl" }
    /// What the sessions took so far.
    var cost: String { "\(path)/cost.json" }
    /// What its processes complained of.
    var log: String { "\(path)/log" }
    /// The states.
    var checkpoints: String { "\(path)/checkpoints" }
    /// The adapter.
    var result: String { "\(path)/result" }
    private var file: String { "\(path)/job.json" }
    private var lock: String { "\(path)/LOCK" }

    /// The folder of all jobs in a home.
    static func all(in home: String) -> String { "\(home)/jobs" }

    /// The folder of a job.
    init(home: String, id: String) {
        path = "\(Self.all(in: home))/\(id)"
    }

    /// The folder at a path.
    init(path: String) { self.path = path }

    /// Makes the folder of a new job. `job.json` is written last: a folder without one is what a
    /// crash left, and is removed a day later.
    static func make(
        home: String, name: String, request: [UInt8] = []
    ) throws(Failure) -> (folder: JobFolder, job: Job) {
        sweep(home)
        let job = Job(
            id: Job.makeIdentifier(), name: name, created: Int64(Clock.wallMilliseconds()))
        let folder = JobFolder(home: home, id: job.id)
        try onDisk(folder.path) { () throws(SystemError) in try Directory.create(folder.path) }
        try folder.write(request, to: folder.request)
        try folder.write(job)
        return (folder, job)
    }

    private static func sweep(_ home: String) {
        let day: Int64 = 86_400_000_000_000
        let now = Int64(Clock.wallMilliseconds()) * 1_000_000
        for entry in (try? Directory.list(all(in: home))) ?? []
        where Job.isIdentifier(entry.name) {
            let folder = JobFolder(home: home, id: entry.name)
            let changed = (try? File.facts(of: folder.path).changed) ?? now
            if !Directory.exists(folder.file), now - changed > day { folder.remove() }
        }
    }

    /// The job as it is written down, with the state `stopped` when its process is gone: nobody
    /// holds the lock, or only the caller.
    func read(isLockOurs: Bool = false) throws(Failure) -> Job {
        guard var job = Job(try bytes(file, limit: Job.bytesMax)) else {
            throw Failure(
                .corrupt, "\(file) is damaged",
                remedy: "put back what it was; the states are in \(checkpoints)")
        }
        if job.state.isActive, isLockOurs || !isWorkedOn {
            job.note(.stop)
            job.message = "its process ended without a word"
        }
        return job
    }

    /// Whether a process holds the lock.
    var isWorkedOn: Bool {
        (try? FileLock.isTaken(lock)) ?? false
    }

    /// Takes the lock; refused while another process has it.
    func take() throws(Failure) -> FileLock {
        let taken = try Self.onDisk(lock) { () throws(SystemError) in try FileLock.take(lock) }
        guard let taken else {
            throw Failure(
                .busy, "a process works on this job already",
                remedy: "see it with: plasmid jobs follow \(id)")
        }
        return taken
    }

    /// Its name.
    var id: String { path.split(separator: "/").last.map { String($0) } ?? path }

    /// Writes the job down.
    func write(_ job: Job) throws(Failure) {
        var job = job
        job.updated = Int64(Clock.wallMilliseconds())
        try write(CanonicalJSON.write(job.json), to: file)
    }

    /// Writes a small file that is there whole or not at all. One that is not durable may be gone
    /// after a power cut, and nobody waits for the disk.
    func write(_ bytes: [UInt8], to path: String, isDurable: Bool = true) throws(Failure) {
        let draft = "\(path).new"
        try Self.onDisk(path) { () throws(SystemError) in
            if Directory.exists(draft) { try Directory.removeFile(draft) }
            let new = try File(draft, .createNew)
            try new.write(bytes, offset: 0)
            if isDurable { try new.sync() }
            try Directory.rename(draft, to: path)
            if isDurable { try Directory.sync(self.path) }
        }
    }

    /// A small file's bytes.
    func bytes(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        try Self.onDisk(path) { () throws(SystemError) in
            try File(path, .read).readAll(limit: limit)
        }
    }

    /// Whether the job is still written down.
    var isThere: Bool { Directory.exists(file) }

    /// Removes the folder and all in it.
    func remove() { _ = try? Directory.removeTree(path) }

    /// Does something on disk; failures name the path.
    static func onDisk<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(Failure) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw Failure(
                error.isDiskFull ? .quota : error.isMissing ? .notFound : .internal,
                "\(path) cannot be used", why: error.description,
                remedy: error.isDiskFull ? "free some space, then try again" : "")
        }
    }
}

extension JobFolder {
    /// The jobs of a home, newest first; folders that hold none are left out, and so are damaged
    /// ones.
    static func list(home: String) throws(Failure) -> [(folder: JobFolder, job: Job)] {
        var jobs: [(folder: JobFolder, job: Job)] = []
        for folder in try folders(home: home) {
            if let job = try? folder.read() { jobs.append((folder, job)) }
        }
        return jobs.sorted { ($0.job.created, $0.job.id) > ($1.job.created, $1.job.id) }
    }

    /// The jobs of a home whose `job.json` is there and cannot be read, by name.
    static func damaged(home: String) throws(Failure) -> [JobFolder] {
        try folders(home: home).filter { folder in
            // Asked again: one that was removed meanwhile is not damaged.
            folder.isThere && (try? folder.read()) == nil && folder.isThere
        }.sorted { $0.id < $1.id }
    }

    private static func folders(home: String) throws(Failure) -> [JobFolder] {
        let all = all(in: home)
        guard Directory.exists(all) else { return [] }
        let entries = try onDisk(all) { () throws(SystemError) in try Directory.list(all) }
        return entries.filter { $0.kind == .folder && Job.isIdentifier($0.name) }
            .map { JobFolder(home: home, id: $0.name) }
    }

    /// The job that a word names: its id, at least four of its first digits, or its layer's name
    /// if only one job has it.
    static func find(_ word: String, home: String) throws(Failure) -> JobFolder {
        let jobs = try list(home: home)
        let byID = jobs.filter { word.utf8.count >= 4 && $0.job.id.hasPrefix(word) }
        let found = byID.isEmpty ? jobs.filter { $0.job.name == word } : byID
        guard let first = found.first else {
            // One whose job.json is damaged is in no list; reading it says what is wrong.
            let folder = JobFolder(home: home, id: word)
            if Job.isIdentifier(word), Directory.exists(folder.file) { _ = try folder.read() }
            throw Failure(
                .notFound, "there is no job \(PlainText.shown(word))",
                remedy: "plasmid jobs list shows them")
        }
        guard found.count == 1 else {
            throw Failure(
                .usage, "\(PlainText.shown(word)) names \(found.count) jobs",
                why: found.map(\.job.id).joined(separator: ", "), remedy: "give more digits")
        }
        return first.folder
    }
}
