import Genome
import Host

/// The nodes of one case of a transfer bench: sources that have a layer, targets that fetch it.
final class TransferNetwork {
    /// What a fetch by all targets took.
    struct Run {
        /// From the first command to the end of the last one.
        let seconds: Double
        /// Processor seconds of all nodes.
        let processor: Double
        /// Bytes that the sources wrote to their peers.
        let sent: UInt64
        /// Most connections between a source and a target.
        let connections: Int
        /// Most memory that a source and a target held.
        let memory: (source: UInt64, target: UInt64)
    }

    /// Bytes of the layer's files.
    let byteCount: UInt64

    private let sources: [BenchNode]
    private let targets: [BenchNode]
    private let layer: String

    /// Starts the nodes of a case; the first source shares what is at `source`, the others fetch it
    /// before the clock runs.
    init(_ one: TransferBench.Case, _ source: String, _ folder: BenchFolder) throws(Failure) {
        var nodes: [BenchNode] = []
        do throws(Failure) {
            let first = try folder.startNode("source0", join: nil)
            nodes.append(first)
            let shared = try first.ask([
                "share", source, "--type", "x-bench", "--name", "bench", "--licence", "CC0-1.0",
                "--visibility", "public",
            ])
            layer = shared["layer"]?.string ?? ""
            byteCount = UInt64(max(0, shared["size"]?.integer ?? 0))
            for index in 1..<max(1, one.ends.sources) {
                let node = try folder.startNode("source\(index)", join: first.ticket)
                nodes.append(node)
                _ = try node.ask(["find", "bench", "--wait", "30"])
                _ = try node.ask(["fetch", layer])
            }
            let sourceCount = nodes.count
            // As the files of the peers are: what is measured is not how fast a disk reads.
            do throws(SystemError) {
                for node in nodes { try Self.readAll("\(node.home)/store/obj") }
            } catch {
                throw Failure(.internal, "a source's files cannot be read", why: "\(error)")
            }
            for index in 0..<one.ends.targets {
                let node = try folder.startNode("target\(index)", join: first.ticket)
                nodes.append(node)
                _ = try node.ask(["find", "bench", "--wait", "30"])
            }
            sources = Array(nodes[..<sourceCount])
            targets = Array(nodes[sourceCount...])
        } catch {
            for node in nodes { node.stop() }
            throw error
        }
    }

    /// Reads every file below a folder once.
    private static func readAll(_ folder: String) throws(SystemError) {
        let buffer = Buffer(capacity: 1 << 20)
        for entry in try Directory.list(folder) {
            let path = "\(folder)/\(entry.name)"
            if entry.kind == .folder {
                try readAll(path)
                continue
            }
            let file = try File(path, .read)
            var offset: UInt64 = 0
            while case let count = try file.read(
                into: buffer, count: buffer.capacity, offset: offset), count > 0
            {
                offset += UInt64(count)
            }
        }
    }

    /// All targets fetch the layer at once.
    func fetch() throws(Failure) -> Run {
        let all = sources + targets
        let processorBefore = all.reduce(0) { $0 + $1.process.processorSeconds }
        let sentBefore = try peers().sent
        let failures = Lock<[Failure]>([])
        let begun = Clock.monotonic()
        do throws(SystemError) {
            let threads = try targets.map { target throws(SystemError) in
                try Thread("fetch") { [layer] in
                    do throws(Failure) {
                        _ = try target.ask(["fetch", layer])
                    } catch {
                        failures.withLock { $0.append(error) }
                    }
                }
            }
            for thread in threads { thread.join() }
        } catch {
            throw Failure(.internal, "\(error)")
        }
        let seconds = Double(Clock.monotonic() - begun) / 1e9
        if let failure = failures.withLock({ $0.first }) { throw failure }
        let processor = all.reduce(0) { $0 + $1.process.processorSeconds } - processorBefore
        let after = try peers()
        return Run(
            seconds: seconds, processor: processor, sent: after.sent - sentBefore,
            connections: after.connections,
            memory: (
                sources.map(\.process.peakMemory).max() ?? 0,
                targets.map(\.process.peakMemory).max() ?? 0
            ))
    }

    /// Bytes of groups that the targets had from the sources, and the most connections to one.
    private func peers() throws(Failure) -> (sent: UInt64, connections: Int) {
        var (sum, most) = (UInt64(0), 0)
        for source in sources {
            for peer in try source.ask(["peers"])["peers"]?.array ?? [] {
                sum += UInt64(max(0, peer["sent"]?.integer ?? 0))
                most = max(most, Int(peer["connections"]?.integer ?? 0))
            }
        }
        return (sum, most)
    }

    /// Ends all nodes.
    func stop() {
        for node in sources + targets { node.stop() }
    }
}
