import Genome
import Host
import Wire

/// A folder of its own for a measurement, with a file of random bytes; removed at the end.
final class BenchFolder {
    /// The folder.
    let path: String
    /// Bytes of the file.
    let byteCount: UInt64
    private var copies = 0

    /// Makes the folder below the system's place for large temporary files, and the file.
    init(megabytes: Int, _ report: Report) throws(Failure) {
        let parent = Machine.environment("TMPDIR") ?? "/var/tmp"
        let name = Hexadecimal.encode(Sodium.random(count: 6))
        path = "\(parent)/plasmid-bench-\(name)"
        byteCount = UInt64(megabytes) << 20
        report.note("making \(megabytes) MiB of random bytes in \(path)")
        do throws(SystemError) {
            try Directory.create(path)
            let file = try File(self.file, .createNew)
            let key = AEADKey(suite: .chaChaPoly, key: Sodium.random(count: 32))
            let zeros = Buffer(capacity: 1 << 20)
            zeros.store([UInt8](repeating: 0, count: 1 << 20), at: 0)
            let random = Buffer(capacity: 1 << 20 + 16)
            for index in 0..<megabytes {
                zeros.withSpan(0..<1 << 20) { plain in
                    random.withMutableSpan(0..<random.capacity) { sealed in
                        key.seal(plain, counter: UInt64(index), associated: [], into: &sealed)
                    }
                }
                try file.write(random, count: 1 << 20, offset: UInt64(index) << 20)
            }
            try file.sync()
        } catch {
            throw Failure(.quota, "the bench file cannot be made: \(error)")
        }
    }

    deinit { try? Directory.removeTree(path) }

    /// The file of random bytes.
    var file: String { "\(path)/random.dat" }

    /// A folder with the file's bytes in `count` files, of `bytes` each where that is said.
    func split(into count: Int, of bytes: Int? = nil) throws(Failure) -> String {
        let each = bytes ?? Int(byteCount) / count
        guard each > 0, UInt64(each) * UInt64(count) <= byteCount else {
            throw Failure(
                .usage, "\(count) files of \(each) bytes are more than the bench's file has",
                remedy: "say --size \((count * max(each, 1) + (1 << 20) - 1) >> 20) or more")
        }
        let folder = "\(path)/files"
        do throws(SystemError) {
            try Directory.create(folder)
            let source = try File(file, .read)
            let buffer = Buffer(capacity: 1 << 20)
            for index in 0..<count {
                let target = try File("\(folder)/\(index).model", .createNew)
                for start in stride(from: 0, to: each, by: buffer.capacity) {
                    let part = min(buffer.capacity, each - start)
                    let count = try source.read(
                        into: buffer, count: part, offset: UInt64(index * each + start))
                    // One of many random files would begin as a pickle does, and not be shared.
                    if start == 0 { buffer[0] = 0 }
                    try target.write(buffer, count: count, offset: UInt64(start))
                }
                try target.sync()
            }
        } catch {
            throw Failure(.quota, "the bench files cannot be made: \(error)")
        }
        return folder
    }

    /// Seconds of copying the file, or all files of the folder at `source`, and making the copies
    /// durable.
    func copySeconds(of source: String? = nil) throws(Failure) -> Double {
        copies += 1
        let copy = "\(path)/copy\(copies)"
        let source = source ?? file
        do throws(SystemError) {
            try Directory.create(copy)
            let names =
                source == file
                ? [file] : try Directory.list(source).map { "\(source)/\($0.name)" }
            let seconds = try BenchCommand.seconds { () throws(SystemError) in
                for (index, name) in names.enumerated() {
                    let source = try File(name, .read)
                    let target = try File("\(copy)/\(index)", .createNew)
                    try target.copy(from: source, size: try source.facts().size)
                    try target.sync()
                }
            }
            // Many files stay until the bench ends: ext4 passes over the inodes that were let go in
            // the last minute, one by one, and whoever came next would pay for it.
            if names.count == 1 { try Directory.removeTree(copy) }
            return seconds
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }

    /// Runs a verb in a process of its own on a home and gives its answer.
    static func ask(_ words: [String], home: String) throws(Failure) -> JSONValue {
        do throws(SystemError) {
            let child = try ChildProcess(
                "/proc/self/exe", words + ["--json"], environment: ["PLASMID_HOME": home])
            let line = child.readLine() ?? ""
            child.wait()
            let answer = try? JSONParser.parse(
                Array(line.utf8), limits: JSONLimits(bytes: 16 << 20))
            guard let answer else { throw SystemError("verb", words[0], code: 5) }
            if let error = answer["error"] {
                throw SystemError(error["message"]?.string ?? "", code: 5)
            }
            return answer
        } catch {
            throw Failure(.internal, "a bench verb failed: \(error)")
        }
    }

    /// A node in a process of its own with its own home.
    func startNode(_ name: String, join ticket: String?) throws(Failure) -> BenchNode {
        var words = [
            "run", "--listen", "127.0.0.1:0", "--http", "off", "--no-lan", "--json",
        ]
        if let ticket { words += ["--join", ticket] }
        let home = "\(path)/\(name)"
        do throws(SystemError) {
            let process = try ChildProcess(
                "/proc/self/exe", words, environment: ["PLASMID_HOME": home])
            guard let line = process.readLine(),
                let ready = try? JSONParser.parse(
                    Array(line.utf8), limits: JSONLimits(bytes: 65_536)),
                let own = ready["ticket"]?.string
            else {
                process.signal(9)
                process.wait()
                throw SystemError("start", name, code: 5)
            }
            return BenchNode(process: process, home: home, ticket: own)
        } catch {
            throw Failure(.internal, "a bench node did not start: \(error)")
        }
    }
}

/// A node of a measurement.
struct BenchNode {
    let process: ChildProcess
    let home: String
    let ticket: String

    /// Runs a verb against the node and gives its answer.
    func ask(_ words: [String]) throws(Failure) -> JSONValue {
        try BenchFolder.ask(words, home: home)
    }

    /// Ends the node.
    func stop() {
        process.signal(15)
        process.wait()
    }
}
