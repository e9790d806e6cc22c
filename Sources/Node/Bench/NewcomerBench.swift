import Genome
import Host
import Store
import Wire

/// An empty node meets others that have large catalogues: how soon its first search is answered,
/// and how soon it has all records itself. Real processes over loopback; run in a network namespace
/// whose loopback is shaped, the figures are those of a slower link.
struct NewcomerBench {
    /// Records unless asked otherwise.
    static let rowsDefault = 100_000
    /// Nodes that have them unless asked otherwise.
    static let nodesDefault = 3
    /// Records of one key: half of what a node keeps of a key that it does not know.
    static let perKey = RecordQuota.unknownMax / 2
    private static let batch = 2_000
    /// Seconds after which a newcomer that has not caught up is given up.
    private static let patience = 300.0
    /// Seconds that a first search and the whole catalogue may take.
    private static let (queryGoal, wholeGoal) = (2.0, 15.0)

    let rows: Int
    let nodes: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: 1, report)
        report.note("signing \(rows) records and keeping them on \(nodes) nodes")
        let last = try fill(folder)
        var standing: [BenchNode] = []
        defer { for node in standing { node.stop() } }
        for number in 0..<nodes {
            standing.append(
                try folder.startNode("full\(number)", join: standing.first?.ticket))
        }
        guard let first = standing.first else { return [] }
        for node in standing { try Self.settle(node, rows + nodes) }
        report.note("starting an empty node")
        let begun = Clock.monotonic()
        let newcomer = try folder.startNode("newcomer", join: first.ticket)
        defer { newcomer.stop() }
        let (found, whole) = try watch(newcomer, wanted: last, since: begun)
        return [
            BenchRow(
                name: "a first search is answered", figure: found, unit: "s",
                against: "\(Self.queryGoal) s", ratio: found / Self.queryGoal),
            BenchRow(
                name: "\(rows) records are there", figure: whole, unit: "s",
                against: "\(Self.wholeGoal) s", ratio: whole / Self.wholeGoal),
            BenchRow(
                name: "records a second", figure: Double(rows) / whole, unit: "a second",
                against: "signatures checked at 25,000 a second",
                ratio: Double(rows) / whole / 25_000),
            BenchRow(
                name: "memory of the newcomer at most",
                figure: Double(newcomer.process.peakMemory) / 1_048_576, unit: "MiB",
                against: "96 MiB",
                ratio: Double(newcomer.process.peakMemory) / (96 * 1_048_576)),
            BenchRow(
                name: "written by the newcomer",
                figure: Double(newcomer.process.bytesWritten) / 1_048_576, unit: "MiB",
                against: "1,000 MiB",
                ratio: Double(newcomer.process.bytesWritten) / (1_000 * 1_048_576)),
            BenchRow(
                name: "processor of the newcomer", figure: newcomer.process.processorSeconds,
                unit: "s", against: "the time it took",
                ratio: newcomer.process.processorSeconds / whole),
        ]
    }

    /// Keeps the records in homes of their own; the name of one of them.
    private func fill(_ folder: BenchFolder) throws(Failure) -> String {
        var catalogues: [Catalogue] = []
        for number in 0..<nodes {
            let home = "\(folder.path)/full\(number)"
            _ = try BenchFolder.ask(["init"], home: home)
            catalogues.append(
                try inStore { () throws(StoreError) in try Catalogue(Layout(home: home)) })
        }
        for start in stride(from: 0, to: rows, by: Self.batch) {
            var records: [Record] = []
            for number in start..<min(rows, start + Self.batch) {
                records.append(try DiscoveryBench.record(number, Self.key(number / Self.perKey)))
            }
            for catalogue in catalogues {
                _ = try inStore { () throws(StoreError) in try catalogue.put(records) }
            }
        }
        return DiscoveryBench.name(rows / 2)
    }

    static func key(_ number: Int) -> SigningKey {
        let seed = Sodium.blake2b(Array("newcomer bench key \(number)".utf8), count: 32)
        guard let key = SigningKey(seed: seed) else { preconditionFailure("32 bytes are a seed") }
        return key
    }

    /// Waits until a node has so many records.
    private static func settle(_ node: BenchNode, _ count: Int) throws(Failure) {
        let end = Clock.monotonic() + UInt64(patience * 1e9)
        while try records(node) < count {
            guard Clock.monotonic() < end else {
                throw Failure(.internal, "the nodes of the bench do not agree")
            }
            Semaphore().wait(milliseconds: 200)
        }
    }

    /// Seconds until one search found what it looks for, and until all records were there.
    private func watch(
        _ node: BenchNode, wanted: String, since begun: UInt64
    ) throws(Failure) -> (found: Double, whole: Double) {
        func seconds() -> Double { Double(Clock.monotonic() - begun) / 1e9 }
        var found: Double?
        while seconds() < Self.patience {
            if found == nil, try Self.finds(wanted, node) { found = seconds() }
            if let found, try Self.records(node) >= rows { return (found, seconds()) }
            Semaphore().wait(milliseconds: 50)
        }
        throw Failure(
            .internal, "the newcomer has \(try Self.records(node)) of \(rows) records")
    }

    private static func finds(_ name: String, _ node: BenchNode) throws(Failure) -> Bool {
        var question = JSONObject()
        question["name"] = .string(name)
        question["limit"] = 1
        return try ask("find", question, node)["results"]?.array?.isEmpty == false
    }

    private static func records(_ node: BenchNode) throws(Failure) -> Int {
        Int(try ask("status", JSONObject(), node)["records"]?.integer ?? 0)
    }

    /// Asks the node itself: a command for each question would take the processor from it.
    private static func ask(
        _ verb: String, _ arguments: JSONObject, _ node: BenchNode
    ) throws(Failure) -> JSONObject {
        let path = try inStore { () throws(StoreError) in try ControlSocket.path(home: node.home) }
        guard let channel = ControlChannel.connect(path) else {
            throw Failure(.internal, "a node of the bench has ended")
        }
        return try channel.ask(ServiceRequest(verb: verb, arguments: arguments, files: [])) { _ in }
    }
}
