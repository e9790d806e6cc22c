import Host
import Wire

/// The parts of an import, each alone: what no store could be faster than.
struct ImportParts {
    let folder: BenchFolder
    let megabytes: Int

    /// Seconds of each, on a thread that lets others go first, as an import does: on a machine that
    /// has other work both sides wait for it alike.
    func measure() throws(Failure) -> [(name: String, seconds: Double)] {
        try Thread.runBehind("import-parts") { () throws(Failure) in
            var parts = [
                ("SHA-256", try hashing(Sha256Step())),
                ("BLAKE3 and copy", try hashing(TreeHasherStep()) + folder.copySeconds()),
            ]
            if let seconds = try readSeconds() { parts.append(("disk read", seconds)) }
            return parts
        }
    }

    private func hashing(_ step: any HashStep) throws(Failure) -> Double {
        try HashStepFile(path: folder.file, megabytes: megabytes).seconds(step)
    }

    /// Seconds of reading the file from the disk; nil where the file system always goes through
    /// the cache.
    private func readSeconds() throws(Failure) -> Double? {
        do throws(SystemError) {
            let file = try File(folder.file, .read)
            guard file.setDirect(true) else { return nil }
            let buffer = Buffer(capacity: 1 << 20)
            return try BenchCommand.seconds { () throws(SystemError) in
                for index in 0..<megabytes {
                    _ = try file.read(into: buffer, count: 1 << 20, offset: UInt64(index) << 20)
                }
            }
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }
}
