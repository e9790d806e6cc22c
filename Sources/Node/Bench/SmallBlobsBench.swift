import Genome
import Host
import Store
import Wire

/// Small blobs stored in batches and alone, beside plain files made durable in the same way.
///
/// Nothing is removed until all is measured: ext4 passes over the numbers of files that were
/// removed in the last minutes one by one, whenever it makes a new one.
struct SmallBlobsBench {
    private static let blobBytes = 64 << 10
    private static let countMax = 8_192
    private static let batchCount = 512
    /// Blobs that are imported one by one.
    private static let singleCount = 128

    let folder: BenchFolder
    let megabytes: Int

    /// As many as fill the large file, in whole batches.
    private var count: Int {
        max(1, min(Self.countMax, (megabytes << 20) / Self.blobBytes) / Self.batchCount)
            * Self.batchCount
    }

    func run(_ library: Library, _ report: Report) throws(Failure) -> [BenchRow] {
        report.note("storing \(count) blobs of 64 KiB, beside plain files")
        let plain = try plainSeconds("first")
        let imported = try importedSeconds(library)
        let fetched = try fetchedSeconds(library)
        let limit = (plain + (try plainSeconds("second"))) / 2
        func row(_ name: String, _ seconds: Double) -> BenchRow {
            BenchRow(
                name: name, figure: Double(count) / seconds, unit: "blobs/s",
                against: "files alone, written and made durable in the same batches",
                ratio: limit / seconds)
        }
        let alone = try aloneSeconds(library)
        return [
            row("64 KiB blobs imported, durable", imported),
            row("64 KiB blobs fetched, verified, durable", fetched),
            BenchRow(
                name: "64 KiB blobs imported one by one",
                figure: Double(Self.singleCount) / alone.blobs, unit: "blobs/s",
                against: "files alone, each made durable by itself",
                ratio: alone.files / alone.blobs),
        ]
    }

    /// The batches of blobs from `first` on, made while no clock runs.
    private func seconds<E: Error>(
        from first: Int = 0, _ store: ([[UInt8]], _ start: Int) throws(E) -> Void
    ) throws(E) -> Double {
        var seconds = 0.0
        for start in stride(from: 0, to: count, by: Self.batchCount) {
            let blobs = (start..<start + Self.batchCount).map { Self.blob(first + $0) }
            seconds += try BenchCommand.seconds { () throws(E) in try store(blobs, start) }
        }
        return seconds
    }

    private func importedSeconds(_ library: Library) throws(Failure) -> Double {
        try inStore { () throws(StoreError) in
            try seconds { blobs, _ throws(StoreError) in _ = try library.importSmall(blobs) }
        }
    }

    /// The same bytes as nothing but files.
    private func plainSeconds(_ name: String) throws(Failure) -> Double {
        let path = "\(folder.path)/\(name)"
        do throws(SystemError) {
            try Directory.create(path)
            let open = try OpenFolder(path)
            return try seconds { blobs, start throws(SystemError) in
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
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }

    /// The way of a fetch: room for a batch, each group checked and written, all completed.
    private func fetchedSeconds(_ library: Library) throws(Failure) -> Double {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var seconds = 0.0
        for start in stride(from: 0, to: count, by: Self.batchCount) {
            let blobs = (start..<start + Self.batchCount).map { index in
                let bytes = Self.blob(count + index)
                return (id: Blake3.hash(bytes), bytes: bytes)
            }
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

    /// Blobs that do not wait for others, in turns with files that are written, synced, renamed
    /// and their folder synced.
    private func aloneSeconds(
        _ library: Library
    ) throws(Failure) -> (blobs: Double, files: Double) {
        let path = "\(folder.path)/alone"
        var (blobs, files) = (0.0, 0.0)
        do throws(SystemError) {
            try Directory.create(path)
        } catch {
            throw Failure(.internal, "\(error)")
        }
        for index in 0..<Self.singleCount {
            let bytes = Self.blob(2 * count + index)
            blobs += try inStore { () throws(StoreError) in
                try BenchCommand.seconds { () throws(StoreError) in
                    _ = try library.importBytes(bytes)
                }
            }
            do throws(SystemError) {
                files += try BenchCommand.seconds { () throws(SystemError) in
                    let file = try File("\(path)/new", .createNew)
                    try file.write(bytes, offset: 0)
                    try file.sync()
                    try Directory.rename("\(path)/new", to: "\(path)/\(index)")
                    try Directory.sync(path)
                }
            } catch {
                throw Failure(.internal, "\(error)")
            }
        }
        return (blobs, files)
    }

    /// Bytes that differ from blob to blob and do not compress.
    private static func blob(_ index: Int) -> [UInt8] {
        var state = UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1
        return [UInt8](unsafeUninitializedCapacity: blobBytes) { space, used in
            for place in stride(from: 0, to: blobBytes, by: 8) {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                for byte in 0..<8 { space[place + byte] = UInt8(state >> (8 * byte) & 255) }
            }
            used = blobBytes
        }
    }
}
