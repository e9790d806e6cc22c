import Host
import Wire

/// A hash that takes a file in steps.
protocol HashStep {
    mutating func update(_ bytes: RawSpan)
    mutating func finish()
}

struct TreeHasherStep: HashStep {
    private var hasher = TreeHasher()
    mutating func update(_ bytes: RawSpan) { hasher.update(bytes) }
    mutating func finish() { _ = hasher.finish() }
}

struct Sha256Step: HashStep {
    private var hasher = Sha256()
    mutating func update(_ bytes: RawSpan) { hasher.update(bytes) }
    mutating func finish() { _ = hasher.finish() }
}

/// A large file that is hashed alone, to hold other things against it.
struct HashStepFile {
    /// The file.
    let path: String
    /// Its MiB.
    let megabytes: Int

    /// Seconds of reading and hashing all of it on this thread.
    func seconds(_ hash: any HashStep) throws(Failure) -> Double {
        do throws(SystemError) {
            let file = try File(path, .read)
            let buffer = Buffer(capacity: 1 << 20)
            var step = hash
            return try BenchCommand.seconds { () throws(SystemError) in
                for index in 0..<megabytes {
                    let count = try file.read(
                        into: buffer, count: 1 << 20, offset: UInt64(index) << 20)
                    buffer.withSpan(0..<count) { step.update($0) }
                }
                step.finish()
            }
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }
}
