import Genome
import Host
import Learn

/// The steps of a job as they are done: each look reads what was written since the last one.
struct TrainingLogTail {
    private let path: String
    /// Bytes of whole lines that were read.
    private var offset: UInt64 = 0
    /// Steps in them.
    private var count = 0
    /// How many bytes were read so far, for tests.
    private(set) var bytesRead: UInt64 = 0

    /// Nothing is read yet.
    init(_ folder: JobFolder) { path = folder.observations }

    /// The steps that were done since the last look. A roll-back may have taken some away, which
    /// are given again when they are done again.
    mutating func next() throws(Failure) -> [Observation.Step] {
        guard Directory.exists(path) else { return [] }
        let path = path
        let file = try JobFolder.onDisk(path) { () throws(SystemError) in try File(path, .read) }
        if let more = try read(file) {
            count += more.count
            return more
        }
        // Other text stands where lines were: all is read, and shown from where it goes on.
        let shown = count
        (offset, count) = (0, 0)
        let all = try read(file) ?? []
        count = all.count
        return Array(all.dropFirst(shown))
    }

    /// The steps behind the offset; nil if what stands there does not follow what was read.
    private mutating func read(_ file: File) throws(Failure) -> [Observation.Step]? {
        let start = offset
        let bytes: [UInt8]? = try JobFolder.onDisk(path) { () throws(SystemError) in
            let size = try file.facts().size
            guard size >= start else { return nil }
            guard size - start <= UInt64(Observation.fileBytesMax) else {
                throw SystemError("read", file.path, code: 27)
            }
            return try file.read(count: Int(size - start), offset: start)
        }
        guard let bytes else { return nil }
        bytesRead += UInt64(bytes.count)
        // A line without its end is still being written.
        let end = bytes.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        let observations = Observation.read(Array(bytes[..<end]))
        let steps = TrainingLog.steps(observations)
        let lines = bytes[..<end].count { $0 == 0x0a }
        let follows = steps.first.map { $0.step == count } ?? true
        guard start == 0 || follows && observations.count == lines else { return nil }
        offset += UInt64(end)
        return steps
    }
}
