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
    private static let smallBytes = 64 << 10
    private static let smallCountMax = 8_192
    private static let batchCount = 512

    let megabytes: Int
    let rows: Int

    /// As many small blobs as fill the large file, in whole batches.
    private var smallCount: Int {
        max(1, min(Self.smallCountMax, (megabytes << 20) / Self.smallBytes) / Self.batchCount)
            * Self.batchCount
    }

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: megabytes, report)
        let home = "\(folder.path)/home"
        var result: [BenchRow] = []
        do {
            let library = try Access.service(home).library
            result += try importing(folder, library, report)
            result += try small(folder, library, report)
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
        var slowest = ("nothing", 0.0)
        for (first, second) in zip(before, after) {
            let mean = (first.seconds + second.seconds) / 2
            if mean > slowest.1 { slowest = (first.name, mean) }
        }
        return [
            BenchRow(
                name: "import, \(megabytes) MiB", figure: Double(folder.byteCount) / 1e9 / seconds,
                unit: "GB/s", against: "slowest part alone: \(slowest.0)",
                ratio: slowest.1 / seconds)
        ]
    }

    // MARK: Many small ones

    private func small(
        _ folder: BenchFolder, _ library: Library, _ report: Report
    ) throws(Failure) -> [BenchRow] {
        report.note("storing \(smallCount) blobs of 64 KiB, beside plain files")
        let plain = try plainSeconds(folder)
        var seconds = 0.0
        for start in stride(from: 0, to: smallCount, by: Self.batchCount) {
            let blobs = (start..<start + Self.batchCount).map(Self.blob)
            seconds += try inStore { () throws(StoreError) in
                try BenchCommand.seconds { () throws(StoreError) in
                    _ = try library.importSmall(blobs)
                }
            }
        }
        let fetched = try fetchedSeconds(library)
        let again = try plainSeconds(folder)
        let limit = (plain + again) / 2
        func row(_ name: String, _ seconds: Double) -> BenchRow {
            BenchRow(
                name: name, figure: Double(smallCount) / seconds, unit: "blobs/s",
                against: "files alone, written and made durable in the same batches",
                ratio: limit / seconds)
        }
        return [
            row("64 KiB blobs imported, durable", seconds),
            row("64 KiB blobs fetched, verified, durable", fetched),
        ]
    }

    /// The same bytes as nothing but files.
    private func plainSeconds(_ folder: BenchFolder) throws(Failure) -> Double {
        let path = "\(folder.path)/plain"
        do throws(SystemError) {
            try Directory.create(path)
            let open = try OpenFolder(path)
            var seconds = 0.0
            for start in stride(from: 0, to: smallCount, by: Self.batchCount) {
                let blobs = (start..<start + Self.batchCount).map(Self.blob)
                seconds += try BenchCommand.seconds { () throws(SystemError) in
                    for (index, blob) in blobs.enumerated() {
                        let file = try File("\(path)/new-\(start + index)", .createNew)
                        try file.write(blob, offset: 0)
                    }
                    try open.syncFilesystem()
                    for index in blobs.indices {
                        try Directory.rename(
                            "\(path)/new-\(start + index)", to: "\(path)/\(start + index)")
                    }
                    try open.syncFilesystem()
                }
            }
            try Directory.removeTree(path)
            return seconds
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }

    /// The way of a fetch: room for a batch, each group checked and written, all completed.
    private func fetchedSeconds(_ library: Library) throws(Failure) -> Double {
        var seconds = 0.0
        for start in stride(from: 0, to: smallCount, by: Self.batchCount) {
            let blobs = (start..<start + Self.batchCount).map { index in
                let bytes = Self.blob(smallCount + index)
                return (id: Blake3.hash(bytes), bytes: bytes)
            }
            let buffer = Buffer(capacity: HashTree.groupBytes)
            seconds += try inStore { () throws(StoreError) in
                try BenchCommand.seconds { () throws(StoreError) in
                    let partials = try library.partials(
                        blobs.map { BlobReference(blob: $0.id, size: UInt64($0.bytes.count)) })
                    for (partial, blob) in zip(partials, blobs) {
                        buffer.store(blob.bytes, at: 0)
                        let values = buffer.withSpan(0..<blob.bytes.count) {
                            partial.layer?.leafValues(ifMatching: $0, at: 0)
                        }
                        guard let values else { throw StoreError.damaged("a bench blob") }
                        try partial.write(group: 0, buffer, leafValues: values)
                    }
                    guard try library.complete(partials).isEmpty else {
                        throw StoreError.damaged("a bench blob")
                    }
                }
            }
        }
        return seconds
    }

    /// Bytes that differ from blob to blob and do not compress.
    private static func blob(_ index: Int) -> [UInt8] {
        var state = UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1
        return [UInt8](unsafeUninitializedCapacity: smallBytes) { space, used in
            for place in stride(from: 0, to: smallBytes, by: 8) {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                for byte in 0..<8 { space[place + byte] = UInt8(state >> (8 * byte) & 255) }
            }
            used = smallBytes
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

/// The parts of an import, each alone: what no store could be faster than.
private struct ImportParts {
    let folder: BenchFolder
    let megabytes: Int

    func measure() throws(Failure) -> [(name: String, seconds: Double)] {
        [
            ("SHA-256", try hashing(Sha256Step())),
            ("BLAKE3 and copy", try hashing(TreeHasherStep()) + folder.copySeconds()),
        ]
    }

    private func hashing(_ step: any HashStep) throws(Failure) -> Double {
        try HashStepFile(path: folder.file, megabytes: megabytes).seconds(step)
    }
}
