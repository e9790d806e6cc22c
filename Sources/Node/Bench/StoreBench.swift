import Genome
import Host
import Store
import Wire

/// The store beside the physical limits of the same minutes: importing a large file beside the
/// slowest of its parts, storing small blobs beside plain files made durable in the same batches,
/// opening and collecting a million rows, and the memory that all of it takes.
struct StoreBench {
    /// Rows of the large store unless asked otherwise.
    static let rowsDefault = 1_000_000

    let megabytes: Int
    let rows: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: megabytes, report)
        let home = "\(folder.path)/home"
        var result: [BenchRow] = []
        do {
            let library = try Access.service(home).library
            result += try importing(folder, library, report)
            result += try SmallBlobsBench(folder: folder, megabytes: megabytes)
                .run(library, report)
            report.note("making a store of \(rows) rows")
            try fill(library)
        }
        var library: Library?
        let opening = try BenchCommand.seconds { () throws(Failure) in
            library = try Access.service(home).library
        }
        result.append(
            BenchRow(
                name: "opening \(rows) blobs", figure: opening, unit: "s",
                against: "1 s", ratio: opening))
        if let library { result += try collected(library, report) }
        let peak = Double(Machine.peakMemory)
        return result + [
            BenchRow(
                name: "resident memory, peak", figure: peak / 1e6, unit: "MB",
                against: "120 MB", ratio: peak / 120e6)
        ]
    }

    // MARK: One large file

    private func importing(
        _ folder: BenchFolder, _ library: Library, _ report: Report
    ) throws(Failure) -> [BenchRow] {
        report.note("importing \(megabytes) MiB, between its parts alone")
        let parts = ImportParts(folder: folder, megabytes: megabytes)
        let before = try parts.measure()
        let file: File
        do throws(SystemError) {
            file = try File(folder.file, .read)
        } catch {
            throw Failure(.internal, "\(error)")
        }
        let seconds = try inStore { () throws(StoreError) in
            try BenchCommand.seconds { () throws(StoreError) in
                _ = try library.importFile(file)
            }
        }
        let after = try parts.measure()
        let means = zip(before, after).map { first, second in
            (name: first.name, seconds: (first.seconds + second.seconds) / 2)
        }
        let gigabytes = Double(folder.byteCount) / 1e9
        let slowest = means.max { $0.seconds < $1.seconds }
        let whole = BenchRow(
            name: "import, \(megabytes) MiB", figure: gigabytes / seconds, unit: "GB/s",
            against: "slowest part alone: \(slowest?.name ?? "nothing")",
            ratio: (slowest?.seconds ?? 0) / seconds)
        return [whole]
            + means.map { part in
                BenchRow(
                    name: "\(part.name) alone", figure: gigabytes / part.seconds, unit: "GB/s",
                    against: "the import", ratio: seconds / part.seconds)
            }
    }

    // MARK: A million rows

    private static let hour: UInt64 = 3_600_000

    private func fill(_ library: Library) throws(Failure) {
        try inStore { () throws(StoreError) in
            for start in stride(from: 0, to: rows, by: 10_000) {
                try library.index.complete(
                    (start..<min(start + 10_000, rows)).map { index in
                        BlobReference(blob: Blake3.hash(Array("row \(index)".utf8)), size: 1)
                    }, now: Clock.wallMilliseconds(), leasedFor: .importing)
            }
            try library.index.writeBackIfLong()
        }
    }

    /// Two collections: one that finds every blob leased, one after all leases are over.
    private func collected(
        _ library: Library, _ report: Report
    ) throws(Failure) -> [BenchRow] {
        let now = Clock.wallMilliseconds()
        report.note("looking through them")
        let kept = try collected(library, now: now, "looking through")
        report.note("collecting them")
        return kept + (try collected(library, now: now + 240 * Self.hour, "collecting"))
    }

    private func collected(
        _ library: Library, now: UInt64, _ name: String
    ) throws(Failure) -> [BenchRow] {
        let blobs = try inStore { () throws(StoreError) in
            try library.index.accounts().sum().blobs
        }
        let wait = try WriterWait(library.index)
        var collection = Library.Collection()
        let seconds = try inStore { () throws(StoreError) in
            try BenchCommand.seconds { () throws(StoreError) in
                collection = try library.collect(now: now)
            }
        }
        let waits = wait.stop()
        func row(_ name: String, milliseconds: Double) -> BenchRow {
            BenchRow(
                name: name, figure: milliseconds, unit: "ms", against: "10 ms",
                ratio: milliseconds / 10)
        }
        return [
            BenchRow(
                name: "\(name) \(blobs)",
                figure: Double(blobs) / seconds, unit: "blobs/s",
                against: "seconds; \(collection.blobs) removed", ratio: seconds),
            row(
                "writer held longest",
                milliseconds: Double(collection.longestHold) / 1e6),
            row(
                "most work in a hold",
                milliseconds: Double(collection.longestWork) / 1e6),
            row("longest wait to write", milliseconds: waits.max() ?? 0),
            row(
                "wait to write, p99",
                milliseconds: waits.isEmpty ? 0 : BenchCommand.percentile99(waits)),
        ]
    }
}

/// How long one who writes waits for the writer while something else goes on: a transaction that
/// changes nothing and needs no disk, again and again.
private final class WriterWait: Sendable {
    private let state = Lock((waits: [Double](), isStopped: false))
    private let thread = LaneThread()

    init(_ index: Index) throws(Failure) {
        let state = state
        // A thread that never ran would measure that nobody waits.
        let begun = Semaphore()
        let nothing: Set = [Blake3.hash([])]
        do throws(SystemError) {
            try thread.start("writer") {
                while !state.withLock({ $0.isStopped }) {
                    let seconds = BenchCommand.seconds { () throws(Never) in
                        try? index.noteUse(of: nothing, now: 0)
                    }
                    state.withLock { $0.waits.append(seconds * 1_000) }
                    begun.signal()
                    Semaphore().wait(milliseconds: 1)
                }
            }
            begun.wait(milliseconds: 10_000)
        } catch {
            throw Failure(.internal, "a thread cannot be started", why: error.description)
        }
    }

    /// Ends; milliseconds of each wait.
    func stop() -> [Double] {
        state.withLock { $0.isStopped = true }
        thread.join()
        return state.withLock { $0.waits }
    }
}
