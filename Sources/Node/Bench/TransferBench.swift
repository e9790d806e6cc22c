import Genome
import Host
import Wire

/// Files from one process to another over loopback, encrypted and verified, durable at the end;
/// beside copying the same files and making the copies durable, and beside other programs that
/// bring the same files to the same disk.
struct TransferBench {
    /// What is brought, and between how many.
    enum Case: String, CaseIterable {
        /// One file of the whole size.
        case one
        /// 200 files.
        case files
        /// 2,000 files of 64 KiB.
        case small
        /// One file from three sources.
        case gather
        /// One file to three targets.
        case spread
        /// One file to eight targets, an eighth of the size.
        case crowd
        /// One file from 32 sources, an eighth of the size.
        case many
        /// One file, while a thread keeps one core busy.
        case busy

        /// What part of the whole size its file has, where many nodes keep a copy each.
        var divisor: Int { self == .crowd || self == .many ? 8 : 1 }

        /// Goal for the memory of a node, in MB.
        var memoryMax: Double { self == .many ? 350 : 60 }

        /// How many sources and targets.
        var ends: (sources: Int, targets: Int) {
            switch self {
            case .one, .files, .small, .busy: (1, 1)
            case .gather: (3, 1)
            case .spread: (1, 3)
            case .crowd: (1, 8)
            case .many: (32, 1)
            }
        }
    }

    private let megabytes: Int
    private let cases: [Case]
    private let peer: BenchPeer?

    /// A bench of `--case`, of one file where nothing is said.
    init(_ arguments: Arguments, megabytes: Int) throws(Failure) {
        self.megabytes = megabytes
        peer = BenchPeer(arguments)
        var cases: [Case] = []
        for text in arguments.texts("case") {
            guard let one = Case(rawValue: text) else {
                throw Failure(
                    .usage, "\(PlainText.shown(text)) is no case of a transfer",
                    remedy: "use " + Case.allCases.map(\.rawValue).joined(separator: ", "))
            }
            cases.append(one)
        }
        self.cases = cases.isEmpty ? [.one] : cases
    }

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        var rows: [BenchRow] = []
        for one in cases {
            let folder = try BenchFolder(
                megabytes: megabytes / one.divisor, report)
            let source = try Self.source(one, folder)
            let before = try peerRuns(one, source, folder, report)
            rows += try measure(one, source, folder, report)
            guard !before.isEmpty else { continue }
            // Before and after, so that a machine that changes its pace is seen.
            let after = try peerRuns(one, source, folder, report)
            rows += zip(before, after).map { first, last in
                beside(one, rows, (first.seconds + last.seconds) / 2, first, last)
            }
        }
        return rows
    }

    // MARK: Plasmid

    /// The file or folder of a case, made from the bench's random file.
    private static func source(_ one: Case, _ folder: BenchFolder) throws(Failure) -> String {
        switch one {
        case .files: try folder.split(into: 200)
        case .small: try folder.split(into: 2_000, of: 64 << 10)
        default: folder.file
        }
    }

    private func measure(
        _ one: Case, _ source: String, _ folder: BenchFolder, _ report: Report
    ) throws(Failure) -> [BenchRow] {
        report.note("\(one.rawValue): sharing")
        let network = try TransferNetwork(one, source, folder)
        defer { network.stop() }
        report.note("\(one.rawValue): fetching")
        let copyBefore = try folder.copySeconds(of: source)
        let neighbour = BusyCore()
        if one == .busy { try neighbour.start() }
        let outcome = Result { () throws(Failure) in try network.fetch() }
        if one == .busy { try neighbour.stop() }
        let run = try outcome.get()
        let copyAfter = try folder.copySeconds(of: source)
        let copy = (copyBefore + copyAfter) / 2
        let gigabytes = Double(network.byteCount) / 1e9 * Double(one.ends.targets)
        let title = "fetch, \(one.rawValue)"
        return [
            BenchRow(
                name: title, figure: gigabytes / run.seconds, unit: "GB/s",
                against: "copy and fsync, \(Decimals.text(gigabytes / copy, 2)) GB/s",
                ratio: copy * Double(one.ends.targets) / run.seconds),
            BenchRow(
                name: "processor of all ends", figure: run.processor,
                unit: "s", against: "a GiB and target, goal 2.1 s",
                ratio: run.processor / (gigabytes * 1e9 / Double(1 << 30))),
            BenchRow(
                name: "sent by the sources", figure: Double(run.sent) / 1e6, unit: "MB",
                against: "\(network.byteCount / 1_000_000) MB of files",
                ratio: Double(run.sent) / Double(network.byteCount)),
            BenchRow(
                name: "connections", figure: Double(run.connections), unit: "",
                against: "most between a source and a target",
                ratio: Double(run.connections)),
            memory("peak memory of a source", run.memory.source, of: one),
            memory("peak memory of a target", run.memory.target, of: one),
        ]
    }

    private func memory(_ name: String, _ bytes: UInt64, of one: Case) -> BenchRow {
        let limit = one.memoryMax
        let figure = Double(bytes) / 1e6
        return BenchRow(
            name: name, figure: figure, unit: "MB", against: "goal of \(Int(limit)) MB",
            ratio: figure / limit)
    }

    // MARK: Others

    /// What another program took for the same.
    private struct PeerRun {
        let name: String
        let seconds: Double
    }

    private func peerRuns(
        _ one: Case, _ source: String, _ folder: BenchFolder, _ report: Report
    ) throws(Failure) -> [PeerRun] {
        guard let peer else { return [] }
        report.note("\(one.rawValue): the peers")
        let answer = try peer.answer([
            "case": one.rawValue, "source": source, "folder": "\(folder.path)/peers",
        ])
        return try (answer["peers"]?.array ?? []).map { entry throws(Failure) in
            guard let name = entry["name"]?.string, let seconds = entry["seconds"]?.number,
                seconds > 0
            else { throw Failure(.refused, "a peer printed no name and seconds") }
            return PeerRun(name: name, seconds: seconds)
        }
    }

    private func beside(
        _ one: Case, _ rows: [BenchRow], _ seconds: Double, _ first: PeerRun, _ last: PeerRun
    ) -> BenchRow {
        let own = rows.last { $0.name == "fetch, \(one.rawValue)" }?.figure ?? 0
        let size = Double(one == .small ? 2_000 << 16 : (megabytes / one.divisor) << 20)
        let rate = size * Double(one.ends.targets) / 1e9 / seconds
        return BenchRow(
            name: "beside \(first.name), \(one.rawValue)", figure: rate, unit: "GB/s",
            against: "fetch, times its rate; it took \(Decimals.text(first.seconds, 2)) and "
                + "\(Decimals.text(last.seconds, 2)) s",
            ratio: own / rate)
    }
}
