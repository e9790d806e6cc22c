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
                name: "opening a store of \(rows) blobs", figure: opening, unit: "s",
                against: "1 s", ratio: opening))
        report.note("collecting them")
        if let library { result += try collected(library) }
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

    private func fill(_ library: Library) throws(Failure) {
        try inStore { () throws(StoreError) in
            for start in stride(from: 0, to: rows, by: 10_000) {
                try library.index.complete(
                    (start..<min(start + 10_000, rows)).map { index in
                        BlobReference(blob: Blake3.hash(Array("row \(index)".utf8)), size: 1)
                    }, now: Clock.wallMilliseconds())
            }
            try library.index.writeBackIfLong()
        }
    }

    private func collected(_ library: Library) throws(Failure) -> [BenchRow] {
        var collection: Library.Collection?
        let seconds = try inStore { () throws(StoreError) in
            try BenchCommand.seconds { () throws(StoreError) in
                collection = try library.collect()
            }
        }
        guard let done = collection else { return [] }
        return [
            BenchRow(
                name: "longest hold of the writer, collecting \(done.blobs) blobs",
                figure: Double(done.longestHold) / 1e6, unit: "ms", against: "10 ms",
                ratio: Double(done.longestHold) / 10e6),
            BenchRow(
                name: "collecting them", figure: Double(done.blobs) / seconds, unit: "blobs/s",
                against: "seconds in all", ratio: seconds),
        ]
    }
}
