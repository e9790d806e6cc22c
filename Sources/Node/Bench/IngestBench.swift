import Genome
import Host
import Store
import Swarm
import Wire

/// A catalogue that fills as that of a newcomer does: in the order of ids, at three places of their
/// circle at once, in transactions of the node's own size, within the quota. Only placing is timed,
/// not reading the records where they are.
struct IngestBench {
    /// Peers that send, each from a place of its own.
    private static let senders = 3
    /// Parts of the filling that are compared.
    private static let parts = 10

    private let source: Catalogue
    private let target: Catalogue
    private let placement: RecordPlacement

    /// A tenth of the records is of keys that the owner knows: the rest is as many of strangers as
    /// a catalogue keeps.
    init(from source: Catalogue, into target: Catalogue, rows: Int) {
        (self.source, self.target) = (source, target)
        let each = Self.parts * NewcomerBench.perKey
        let known = (0..<(rows + each - 1) / each).map { NewcomerBench.key($0).publicKey }
        placement = RecordPlacement(catalogue: target, known: Set(known))
    }

    func run() throws(Failure) -> [BenchRow] {
        let ids = try order()
        let written = Machine.bytesWritten()
        var times: [Double] = []
        var kept = 0
        for part in 0..<Self.parts {
            let bounds = ids.count * part / Self.parts..<ids.count * (part + 1) / Self.parts
            let (count, seconds) = try place(Array(ids[bounds]))
            kept += count
            times.append(seconds)
        }
        guard kept == ids.count else {
            throw Failure(.internal, "only \(kept) of \(ids.count) records were kept")
        }
        let rates = times.map { Double(ids.count / Self.parts) / $0 }
        let all = Double(ids.count) / times.reduce(0, +)
        let bytes = Double((Machine.bytesWritten() ?? 0) - (written ?? 0))
        return [
            BenchRow(
                name: "records placed in order of ids, within quotas", figure: all,
                unit: "a second", against: "the first tenth", ratio: all / rates[0]),
            BenchRow(
                name: "the same, the last tenth", figure: rates[Self.parts - 1],
                unit: "a second", against: "the first tenth",
                ratio: rates[Self.parts - 1] / rates[0]),
            BenchRow(
                name: "written for each of them", figure: bytes / Double(ids.count),
                unit: "bytes", against: "10,000 bytes",
                ratio: bytes / Double(ids.count) / 10_000),
        ]
    }

    /// The ids in the order in which they come.
    private func order() throws(Failure) -> [Digest] {
        let ids = try inStore { () throws(StoreError) in
            try source.ids(after: nil, limit: .max)
        }
        let share = (ids.count + Self.senders - 1) / Self.senders
        return (0..<share).flatMap { place in
            stride(from: place, to: ids.count, by: share).map { ids[$0] }
        }
    }

    private func place(_ ids: [Digest]) throws(Failure) -> (kept: Int, seconds: Double) {
        var (kept, seconds) = (0, 0.0)
        for start in stride(from: 0, to: ids.count, by: ArrivedRecords.togetherMax) {
            let end = min(ids.count, start + ArrivedRecords.togetherMax)
            let records = try inStore { () throws(StoreError) in
                try source.records(ids: Array(ids[start..<end]))
            }
            seconds += try BenchCommand.seconds { () throws(Failure) in
                kept += try inStore { () throws(StoreError) in
                    try placement.place(records).count { $0 == .fresh }
                }
            }
        }
        return (kept, seconds)
    }
}
