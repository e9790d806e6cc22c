import Host
import Wire

/// A file once more, past the page cache: whole groups between the disk and the caller's memory,
/// as long as that pays.
///
/// New pages of the cache cost more than the disk where memory is dear, and what is read or written
/// once pushes out what others use.
final class DirectFile: Sendable {
    private struct State {
        var isUsed = true
        /// Mean nanoseconds of a read of a group; nil before the first.
        var readSpan: UInt64?
    }

    /// Mean nanoseconds of a read of a group from which on the page cache is used: a disk
    /// that spins takes 15 to 25 ms (a seek, half a turn, 1 MiB), a solid one 0.5 to 4 under load.
    static let readSpanMax: UInt64 = 12_000_000

    private let file: File
    private let state = Lock(State())

    /// The file at a path; nil where its file system cannot.
    init?(_ path: String, _ access: FileAccess) {
        guard let file = try? File(path, access, followsLinks: false), file.setDirect(true) else {
            return nil
        }
        self.file = file
    }

    /// The facts of the open file.
    func facts() throws(SystemError) -> FileFacts { try file.facts() }

    /// Whether groups still go past the page cache.
    var isUsed: Bool { state.withLock { $0.isUsed } }

    /// Writes the bytes of a group; false where they have to go through the page cache.
    func write(
        _ buffer: Buffer, at start: Int, _ range: Range<UInt64>
    ) throws(SystemError) -> Bool {
        try use(range, at: start) { file throws(SystemError) in
            try file.write(buffer, at: start, count: range.count, offset: range.lowerBound)
            return true
        } ?? false
    }

    /// Reads the bytes of a group; how many, nil where they have to come through the page cache.
    func read(
        _ range: Range<UInt64>, into buffer: Buffer, at start: Int
    ) throws(SystemError) -> Int? {
        try use(range, at: start) { file throws(SystemError) in
            let begun = Clock.monotonic()
            let count = try file.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
            noteRead(Clock.monotonic() - begun)
            return count
        }
    }

    /// Does `body` with the file, for a whole group at a place in memory that suits the disk; nil
    /// where that does not go, or not any more.
    private func use<Result>(
        _ range: Range<UInt64>, at start: Int, _ body: (File) throws(SystemError) -> Result
    ) throws(SystemError) -> Result? {
        let isWhole = range.count == HashTree.groupBytes && start % File.directBytes == 0
        guard isWhole, isUsed else { return nil }
        do throws(SystemError) {
            return try body(file)
        } catch {
            // A file system can take the flag and not the call.
            guard error.isInvalid else { throw error }
            state.withLock { $0.isUsed = false }
            return nil
        }
    }

    /// Where the disk takes long for a group, what follows goes through the page cache: a disk that
    /// spins would seek for each, and others want the same.
    func noteRead(_ span: UInt64) {
        state.withLock { state in
            let mean = state.readSpan.map { ($0 * 7 + span) / 8 } ?? span
            state.readSpan = mean
            if mean > Self.readSpanMax { state.isUsed = false }
        }
    }
}
