import Genome
import Host
import Swarm
import Wire

/// The fetches that are under way, with how fast each goes: for people who look, pause and cancel.
final class Transfers: Sendable {
    /// One fetch.
    struct Entry: Sendable {
        let number: FetchNumber
        let layer: Digest
        var status: FetchStatus
        /// Monotonic nanoseconds when it began.
        let begun: UInt64
        /// Bytes that had come, each second of the last few.
        var marks: [(time: UInt64, bytes: UInt64)] = []
    }

    private static let markPause: UInt64 = 500_000_000
    /// Marks of five seconds: long enough to be steady, short enough to be now.
    private static let marksMax = 10

    private let entries = Lock([FetchNumber: Entry]())

    /// How a fetch stands now; one that is over is forgotten.
    func note(_ number: FetchNumber, _ layer: Digest, _ status: FetchStatus) {
        let now = Clock.monotonic()
        entries.withLock { entries in
            guard !status.isOver else {
                entries[number] = nil
                return
            }
            var entry =
                entries[number]
                ?? Entry(number: number, layer: layer, status: status, begun: now)
            entry.status = status
            if now - (entry.marks.last?.time ?? 0) >= Self.markPause {
                entry.marks.append((now, status.received))
                entry.marks.removeFirst(max(0, entry.marks.count - Self.marksMax))
            }
            entries[number] = entry
        }
    }

    /// All of them, oldest first.
    var all: [Entry] { entries.withLock { $0.values.sorted { $0.number < $1.number } } }
}

extension Transfers.Entry {
    /// Bytes a second lately; nil before there is anything to measure.
    var rate: UInt64? {
        guard let first = marks.first, let last = marks.last, last.time > first.time else {
            return nil
        }
        let now = max(Clock.monotonic(), last.time)
        let bytes = status.received - min(first.bytes, status.received)
        return bytes * 1_000 / max(1, (now - first.time) / 1_000_000)
    }

    /// Seconds until the rest is here at this rate; nil where nothing moves or nothing is known.
    var secondsLeft: UInt64? {
        let done = status.received + status.reused
        guard let rate, rate > 0, status.size > done else { return nil }
        return (status.size - done) / rate + 1
    }

    /// As answers carry it; `name` is what people call the layer.
    func json(name: String?) -> JSONValue {
        [
            "layer": .string(layer.hexadecimal),
            "ref": name.map { .string($0) } ?? .null,
            "phase": .string(Service.name(status.phase)),
            "done": .integer(Int64(clamping: status.received + status.reused)),
            "total": .integer(Int64(clamping: status.size)),
            "received": .integer(Int64(clamping: status.received)),
            "wire": .integer(Int64(clamping: status.wire)),
            "reused": .integer(Int64(clamping: status.reused)),
            "rate": rate.map { .integer(Int64(clamping: $0)) } ?? .null,
            "secondsLeft": secondsLeft.map { .integer(Int64(clamping: $0)) } ?? .null,
            "paused": .bool(status.isPaused),
            "priority": .string(status.priority.name),
            "pause": status.pause.map { .string($0) } ?? .null,
            "slow": status.slow.map { .string($0.words) } ?? .null,
            "slowCause": status.slow.map { .string($0.rawValue) } ?? .null,
            "sources": .array(
                status.sources.map { source in
                    [
                        "node": .string(source.node.base32),
                        "bytes": .integer(Int64(clamping: source.bytes)),
                    ]
                }),
        ]
    }
}
