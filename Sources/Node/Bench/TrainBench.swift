import Genome
import Host
import Learn
import Wire

/// `plasmid bench train`: steps of training on a model, each case in a process of its own, beside
/// another trainer if a command for one is given.
struct TrainBench {
    /// One way to train: profile, examples of a step, tokens of each, and which modules.
    struct Case {
        let profile: Profile
        let batch: Int
        let tokens: Int
        /// `qkvo`, or `all` linear modules.
        let targets: String

        /// `PROFILE:BATCHxTOKENS:TARGETS`.
        init?(_ text: String) {
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 3, let profile = Profile(named: parts[0]) else { return nil }
            let sizes = parts[1].split(separator: "x").compactMap { Int($0) }
            guard sizes.count == 2, sizes.allSatisfy({ (1...65_536).contains($0) }),
                ["qkvo", "all"].contains(parts[2])
            else { return nil }
            self.profile = profile
            (batch, tokens) = (sizes[0], sizes[1])
            targets = parts[2]
        }

        init(_ profile: Profile, _ batch: Int, _ tokens: Int, _ targets: String) {
            self.profile = profile
            self.batch = batch
            self.tokens = tokens
            self.targets = targets
        }

        var text: String {
            "\(profile.rawValue.dropLast(3)):\(batch)x\(tokens):\(targets)"
        }

        static let all: [Case] = Profile.allCases.flatMap { profile in
            [(4, 128), (1, 512)].flatMap { size in
                ["qkvo", "all"].map { Case(profile, size.0, size.1, $0) }
            }
        }
    }

    /// Seconds of one case at least, unless asked otherwise.
    private static let secondsDefault = 8
    /// Steps of one case at least, the first of which warms up.
    private static let stepsMin = 5

    private let base: String
    private let threads: Int
    private let cases: [Case]
    private let peer: BenchPeer?
    private let seconds: Int

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
        self.cases = cases.isEmpty ? Case.all : cases
        peer = BenchPeer(arguments)
        seconds = try arguments.integer("seconds", in: 0...3_600) ?? Self.secondsDefault
    }

    /// Tokens a second and memory of every case.
    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        if cases.count == 1, peer == nil { return try measure(cases[0], report) }
        var rows: [BenchRow] = []
        for one in cases {
            // The peer before and after, so that a machine that changes its pace is seen.
            let before = try peerFigures(one)
            let own = try child(one)
            let after = try peerFigures(one)
            guard let before, let after, own.count == 2 else {
                rows += own
                continue
            }
            guard let memory = before.memory else {
                throw Failure(.refused, "the peer printed no rss_mib")
            }
            rows.append(own[0].beside(before, after))
            rows.append(
                BenchRow(
                    name: own[1].name, figure: own[1].figure, unit: own[1].unit,
                    against: "the peer's \(Int(memory)) MiB", ratio: own[1].figure / memory))
        }
        return rows
    }

    /// One case in a process of its own, whose memory is its own.
    private func child(_ one: Case) throws(Failure) -> [BenchRow] {
        let words = [
            "bench", "train", "--base", base, "--threads", "\(threads)", "--case", one.text,
            "--seconds", "\(seconds)", "--json",
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
        let source = try LayerSource.open(base, LazyAccess(report))
        let limits = try inLearn("starting threads") { () throws(LearnError) in
            try SpeedLimits(threads: threads)
        }
        return try inLearn("training") { () throws(LearnError) in
            let model = try Model(source.files)
            var settings = TrainingSettings()
            settings.targets =
                one.targets == "all"
                ? .allLinear : .names(["q_proj", "k_proj", "v_proj", "o_proj"])
            settings.profile = one.profile
            settings.steps = 1_000_000
            settings.schedule = .constant
            settings.learningRate = 1e-4
            let trainer = try Trainer(
                model, settings, threads: threads, rows: one.batch * one.tokens,
                longest: one.tokens)
            let examples = Self.examples(one, vocabulary: model.architecture.vocabulary)
            var times: [Double] = []
            var peaks: [Double] = []
            let begun = Clock.monotonic()
            while times.count < Self.stepsMin
                || Double(Clock.monotonic() - begun) / 1e9 < Double(seconds)
            {
                times.append(
                    try BenchCommand.seconds { () throws(LearnError) in
                        _ = try trainer.run([examples])
                    })
                var operations = 0.0
                let time = BenchCommand.seconds {
                    operations = limits.multiply(one.profile)
                }
                peaks.append(operations / time)
            }
            let count = Double(one.batch * one.tokens)
            let rate = count / BenchCommand.median(Array(times.dropFirst()))
            // Forward and backward through the linear modules and the head.
            let head = Double(model.architecture.width * model.architecture.vocabulary)
            let work = 4 * (Double(model.multiplications) + head)
            return [
                BenchRow(
                    name: "train \(one.text)", figure: rate, unit: "tok/s",
                    against: "peak of the instruction",
                    ratio: rate * work / BenchCommand.median(peaks)),
                BenchRow(
                    name: "memory of \(one.text)", figure: Double(Machine.peakMemory >> 20),
                    unit: "MiB", against: "the base's own bytes",
                    ratio: Double(Machine.peakMemory) / Double(model.byteCount)),
            ]
        }
    }

    /// Tokens as good as random, all of them learned.
    private static func examples(_ one: Case, vocabulary: Int) -> [TrainingExample] {
        var state: UInt64 = 1
        return (0..<one.batch).map { _ in
            let tokens = (0..<one.tokens).map { _ -> Int32 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int32((state >> 33) % UInt64(vocabulary))
            }
            return TrainingExample(tokens: tokens, labels: tokens)
        }
    }
}
