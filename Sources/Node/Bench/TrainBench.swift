import Genome
import Host
import Learn
import Wire

/// `plasmid bench train`: steps of training on a model, each case in a process of its own, beside
/// another trainer if a command for one is given.
struct TrainBench {
    /// Seconds of one case at least, unless asked otherwise.
    private static let secondsDefault = 8
    /// The same for each side of a comparison with something beside it.
    private static let besideDefault = 60
    /// Steps of one case at least, the first of which warms up.
    private static let stepsMin = 5
    private let base: String
    private let threads: Int
    private let cases: [Case]
    private let peer: BenchPeer?
    private let seconds: Int?
    private let beside: [Beside]
    private let megabytes: Int

    init(_ arguments: Arguments) throws(Failure) {
        guard let base = arguments.text("base") else {
            throw Failure(
                .usage, "bench train needs a model", remedy: "say --base LAYER or --base DIR")
        }
        self.base = base
        threads = try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault
        var cases: [Case] = []
        for text in arguments.texts("case") {
            guard let one = Case(text) else {
                throw Failure(
                    .usage, "--case \(PlainText.shown(text)) makes no sense",
                    remedy: "say PROFILE:BATCHxTOKENS:TARGETS, such as bf16dot:4x128:all")
            }
            cases.append(one)
        }
        let words = arguments.text("with") ?? ""
        guard let beside = words.isEmpty ? [] : Beside.list(words) else {
            throw Failure(
                .usage, "--with \(PlainText.shown(words)) makes no sense",
                remedy: "say some of checkpoint,publish,busy")
        }
        self.beside = beside
        self.cases = cases.isEmpty ? beside.isEmpty ? Case.all : [Case.beside] : cases
        megabytes = try arguments.integer("size", in: 1...65_536) ?? BenchCommand.megabytesDefault
        peer = BenchPeer(arguments)
        seconds = try arguments.integer("seconds", in: 0...3_600)
    }

    /// Tokens a second, memory and share of the peak of every case; then what is beside it.
    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        if cases.count == 1, peer == nil, beside.isEmpty { return try measure(cases[0], report) }
        var rows: [BenchRow] = []
        for one in cases {
            // The peer before and after, so that a machine that changes its pace is seen.
            let before = try peerFigures(one)
            let own = try child(one)
            let after = try peerFigures(one)
            if let before, let after {
                rows += try Self.compared(own, before, after)
            } else {
                rows += own
            }
            if beside.contains(.checkpoint) {
                rows += try CheckpointBench(one, base: base, threads: threads).run(report)
            }
            guard beside.contains(.publish) || beside.contains(.busy) else { continue }
            let trainer = try TimedTrainer(one, base: base, threads: threads, report)
            let bench = BesideBench(one, trainer, seconds: Double(seconds ?? Self.besideDefault))
            if beside.contains(.publish) {
                rows += try bench.publish(megabytes: megabytes, report)
            }
            if beside.contains(.busy) { rows += try bench.busy(report) }
        }
        return rows
    }

    /// The figures of a case held against a peer's.
    private static func compared(
        _ own: [BenchRow], _ before: BenchPeer.Figures, _ after: BenchPeer.Figures
    ) throws(Failure) -> [BenchRow] {
        guard own.count > 1 else { return own }
        guard let memory = before.memory else {
            throw Failure(.refused, "the peer printed no rss_mib")
        }
        let compared = [
            own[0].beside(before, after),
            BenchRow(
                name: own[1].name, figure: own[1].figure, unit: own[1].unit,
                against: "the peer's \(Int(memory)) MiB", ratio: own[1].figure / memory),
        ]
        return compared + own.dropFirst(2)
    }

    /// One case in a process of its own, whose memory is its own.
    private func child(_ one: Case) throws(Failure) -> [BenchRow] {
        let words = [
            "bench", "train", "--base", base, "--threads", "\(threads)", "--case", one.text,
            "--seconds", "\(seconds ?? Self.secondsDefault)", "--json",
        ]
        let answer = try BenchPeer.output("/proc/self/exe", words)
        return (answer["rows"]?.array ?? []).map { row in
            BenchRow(
                name: row["name"]?.string ?? "", figure: row["figure"]?.number ?? 0,
                unit: row["unit"]?.string ?? "", against: row["against"]?.string ?? "",
                ratio: row["ratio"]?.number ?? 0)
        }
    }

    /// What the peer's command prints for a case.
    private func peerFigures(_ one: Case) throws(Failure) -> BenchPeer.Figures? {
        try peer?.figures([
            "base": base, "dtype": one.profile.peerType, "batch": "\(one.batch)",
            "tokens": "\(one.tokens)", "targets": one.targets,
        ])
    }

    // MARK: One case

    private func measure(_ one: Case, _ report: Report) throws(Failure) -> [BenchRow] {
        let trainer = try TimedTrainer(one, base: base, threads: threads, report)
        let limits = try inLearn("starting threads") { () throws(LearnError) in
            try SpeedLimits(threads: threads)
        }
        var times: [Double] = []
        var peaks: [Double] = []
        let begun = Clock.monotonic()
        while times.count < Self.stepsMin
            || Double(Clock.monotonic() - begun) / 1e9 < Double(seconds ?? Self.secondsDefault)
        {
            times.append(try trainer.step())
            var operations = 0.0
            let time = BenchCommand.seconds { operations = limits.multiply(one.profile) }
            peaks.append(operations / time)
        }
        let step = BenchCommand.median(Array(times.dropFirst()))
        let speed = trainer.operations / step
        let peak = BenchCommand.median(peaks)
        let memory = Double(Machine.peakMemory)
        return [
            BenchRow(
                name: "train \(one.text)", figure: one.count / step, unit: "tok/s",
                against: "peak of the instruction", ratio: speed / peak),
            BenchRow(
                name: "memory of \(one.text)", figure: memory / 0x1p20, unit: "MiB",
                against: "the base's own bytes", ratio: memory / Double(trainer.model.byteCount)),
            BenchRow(
                name: "of the instruction's peak, \(one.text)", figure: speed / 1e9,
                unit: "GFLOP/s",
                against: "\(threads) threads of nothing but it, \(Int(peak / 1e9)) GFLOP/s",
                ratio: speed / peak),
        ]
    }
}
