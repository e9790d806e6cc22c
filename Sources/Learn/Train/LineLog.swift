import Genome
import Host

/// A file of JSON objects, one a line, that only grows: observations and events of a run.
public final class LineLog {
    /// Where it lies.
    public let path: String
    private let file: File
    private var size: UInt64

    /// Opens a log; a last line without its end, as a crash leaves it, is cut off.
    public init(_ path: String) throws(LearnError) {
        self.path = path
        (file, size) = try CheckpointStore.system(path) { () throws(SystemError) in
            let file = try File(path, .create)
            let bytes = try file.readAll(limit: Observation.fileBytesMax)
            let end = bytes.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
            if end < bytes.count { try file.resize(to: UInt64(end)) }
            return (file, UInt64(end))
        }
    }

    /// Adds a line; it is durable after `sync`.
    public func append(_ object: JSONObject) throws(LearnError) {
        let line = CanonicalJSON.write(object) + [0x0a]
        try CheckpointStore.system(path) { () throws(SystemError) in
            try file.write(line, offset: size)
        }
        size += UInt64(line.count)
    }

    /// Makes all lines durable.
    public func sync() throws(LearnError) {
        try CheckpointStore.system(path) { () throws(SystemError) in try file.syncData() }
    }

    /// All bytes.
    public func bytes() throws(LearnError) -> [UInt8] {
        try CheckpointStore.system(path) { () throws(SystemError) in
            try file.readAll(limit: Observation.fileBytesMax)
        }
    }

    /// Leaves only the observations from before `steps` steps were done: what a crash or a
    /// roll-back made void.
    public func keep(before steps: Int) throws(LearnError) {
        let kept = Observation.read(try bytes()).prefix { $0.isBefore(steps) }
        var count = 0
        for observation in kept { count += CanonicalJSON.write(observation.json).count + 1 }
        // What is kept stands at the start, so cutting the end is one step that cannot tear.
        try CheckpointStore.system(path) { () throws(SystemError) in
            try file.resize(to: UInt64(count))
        }
        size = UInt64(count)
    }
}
