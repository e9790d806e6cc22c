import Genome
import Host
import Learn

/// `plasmid bench infer`: prompts, answers and start of a model beside what the machine can do.
struct InferBench {
    private static let prompt = 512
    private static let answer = 64
    private static let runs = 7

    private let session: ComputeSession
    private let threads: Int
    private let limits: SpeedLimits
    private let baseWord: String
    private let layerWords: [String]
    private let peer: BenchPeer?
    private let report: Report
    private var memoryPeak: UInt64 = 0

    /// A bench of `--base`, with `--layer` if given.
    init(_ arguments: Arguments, _ report: Report) throws(Failure) {
        guard let base = arguments.text("base") else {
            throw Failure(
                .usage, "bench infer needs a model", remedy: "say --base LAYER or --base DIR")
        }
        baseWord = base
        layerWords = arguments.texts("layer")
        peer = BenchPeer(arguments)
        self.report = report
        let session = try ComputeSession.open(arguments, report)
        try session.requireSilence("bench")
        let threads = try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault
        self.session = session
        self.threads = threads
        limits = try inLearn("starting threads") { () throws(LearnError) in
            try SpeedLimits(threads: threads)
        }
    }

    /// All figures; the rates are medians of interleaved runs. With a peer, the rates alone.
    mutating func run() throws(Failure) -> [BenchRow] {
        if let peer { return try beside(peer) }
        var rows: [BenchRow] = []
        for profile in Profile.allCases {
            rows += try inLearn("running the model") { () throws(LearnError) in
                try measure(profile)
            }
        }
        if !session.layers.isEmpty { rows.append(try hotLoad()) }
        rows.append(try start())
        rows.append(memory())
        return rows
    }

    private mutating func measure(_ profile: Profile) throws(LearnError) -> [BenchRow] {
        let engine = try Engine(session.model, profile: profile, threads: threads)
        let tokens = Self.tokens(session.model.architecture.vocabulary)
        var prefill: [Double] = []
        var peak: [Double] = []
        var base: [Double] = []
        var adapted: [Double] = []
        var read: [Double] = []
        for _ in 0...Self.runs {
            prefill.append(try seconds(engine, prompt: tokens, answer: 0, nil).prompt)
            var operations = 0.0
            let time = BenchCommand.seconds { operations = limits.multiply(profile) }
            peak.append(operations / time)
            base.append(
                try seconds(
                    engine, prompt: Array(tokens.prefix(64)), answer: Self.answer,
                    nil
                ).answer)
            read.append(BenchCommand.seconds { _ = limits.read(session.model) })
            guard let stack = session.stack else { continue }
            adapted.append(
                try seconds(
                    engine, prompt: Array(tokens.prefix(64)),
                    answer: Self.answer, stack
                ).answer)
        }
        memoryPeak = max(memoryPeak, Machine.anonymousMemory ?? 0)
        let name = profile.rawValue
        let rate = Double(tokens.count) / Self.median(prefill)
        let work = 2 * Double(session.model.multiplications)
        let decode = Double(Self.answer) / Self.median(base)
        let bytes = Double(session.model.byteCount)
        var rows = [
            BenchRow(
                name: "prefill \(tokens.count), \(name)", figure: rate, unit: "tok/s",
                against: "peak of the instruction", ratio: rate * work / Self.median(peak)),
            BenchRow(
                name: "decode, \(name)", figure: decode, unit: "tok/s",
                against: "plain read of the weights",
                ratio: decode * Self.median(read)),
            BenchRow(
                name: "plain read, \(threads) threads", figure: bytes / Self.median(read) / 1e9,
                unit: "GB/s", against: "itself", ratio: 1),
        ]
        if !adapted.isEmpty {
            let figure = Double(Self.answer) / Self.median(adapted)
            rows.append(
                BenchRow(
                    name: "decode with layer, \(name)", figure: figure, unit: "tok/s",
                    against: "the base alone", ratio: figure / decode))
        }
        return rows
    }

    // MARK: Beside a peer

    /// Prompts and answers, of the base and under the layers, each between two runs of the peer.
    private func beside(_ peer: BenchPeer) throws(Failure) -> [BenchRow] {
        var rows: [BenchRow] = []
        for profile in Profile.allCases {
            for mode in ["prefill", "decode"] {
                rows.append(try beside(peer, profile, mode, nil))
                guard let stack = session.stack else { continue }
                rows.append(try beside(peer, profile, mode, stack))
            }
        }
        return rows
    }

    private func beside(
        _ peer: BenchPeer, _ profile: Profile, _ mode: String, _ stack: AdapterStack?
    ) throws(Failure) -> BenchRow {
        let tokens = mode == "prefill" ? Self.prompt : Self.answer
        let values: KeyValuePairs = [
            "base": baseWord, "dtype": profile.peerType, "mode": mode, "tokens": "\(tokens)",
            "layer": stack == nil ? "none" : layerWords.joined(separator: " "),
        ]
        let before = try peer.figures(values)
        let own = try inLearn("running the model") { () throws(LearnError) in
            try rate(profile, mode, stack)
        }
        let title = stack == nil ? mode : "\(mode) with layer"
        return BenchRow(
            name: "\(title) \(tokens), \(profile.rawValue)", figure: own, unit: "tok/s",
            against: "", ratio: 0
        ).beside(before, try peer.figures(values))
    }

    /// Tokens a second. The engine's threads are there only meanwhile.
    private func rate(
        _ profile: Profile, _ mode: String, _ stack: AdapterStack?
    ) throws(LearnError) -> Double {
        let engine = try Engine(session.model, profile: profile, threads: threads)
        let tokens = Self.tokens(session.model.architecture.vocabulary)
        var times: [Double] = []
        for _ in 0...Self.runs {
            if mode == "prefill" {
                times.append(try seconds(engine, prompt: tokens, answer: 0, stack).prompt)
            } else {
                let prompt = Array(tokens.prefix(Self.answer))
                times.append(
                    try seconds(engine, prompt: prompt, answer: Self.answer, stack).answer)
            }
        }
        return Double(mode == "prefill" ? tokens.count : Self.answer) / Self.median(times)
    }

    // MARK: Parts

    /// Seconds of a prompt and of an answer of `answer` tokens behind it.
    private func seconds(
        _ engine: Engine, prompt: [Int], answer: Int, _ stack: AdapterStack?
    ) throws(LearnError) -> (prompt: Double, answer: Double) {
        let sequence = try engine.makeSequence(
            capacity: prompt.count + answer, adapters: stack)
        let begun = Clock.monotonic()
        try engine.prefill(sequence, prompt)
        let middle = Clock.monotonic()
        for _ in 0..<answer {
            try engine.step([Engine.Part(sequence, [engine.best()], wanted: .last)])
        }
        let end = Clock.monotonic()
        return (Double(middle - begun) / 1e9, Double(end - middle) / 1e9)
    }

    /// Finding the layers, in the store or in their folders, opening, checking and binding them.
    private func hotLoad() throws(Failure) -> BenchRow {
        var times: [Double] = []
        var bytes: UInt64 = 0
        // Of its own, so that the home is free again for the processes that are started later.
        let access = LazyAccess(report)
        for _ in 0...Self.runs {
            let begun = Clock.monotonic()
            let layers = try ComputeSession.layers(layerWords, access)
            let (adapters, _) = try ComputeSession.bound(layers, session.model)
            times.append(Double(Clock.monotonic() - begun) / 1e9)
            bytes = adapters.reduce(0) { $0 + $1.byteCount }
        }
        let time = Self.median(times)
        return BenchRow(
            name: "hot load of \(Sizes.text(bytes))", figure: time * 1_000, unit: "ms",
            against: "goal of 50 ms", ratio: time / 0.05)
    }

    /// A process of its own from its start to its first token.
    private func start() throws(Failure) -> BenchRow {
        var times: [Double] = []
        for _ in 0..<5 {
            let begun = Clock.monotonic()
            do throws(SystemError) {
                let child = try ChildProcess(
                    "/proc/self/exe",
                    [
                        "infer", "--base", baseWord, "--prompt-tokens", "1", "--max-tokens", "1",
                        "--ignore-eos", "--json", "--threads", "\(threads)",
                    ])
                while child.readLine() != nil {}
                guard child.wait() == 0 else {
                    throw SystemError("wait", "plasmid infer", code: 5)
                }
            } catch {
                throw Failure(.internal, "starting plasmid infer failed", why: error.description)
            }
            times.append(Double(Clock.monotonic() - begun) / 1e9)
        }
        let time = Self.median(times)
        return BenchRow(
            name: "start to first token", figure: time * 1_000, unit: "ms",
            against: "goal of 500 ms", ratio: time / 0.5)
    }

    private func memory() -> BenchRow {
        let own = Double(memoryPeak) / 1e6
        return BenchRow(
            name: "memory of our own", figure: own, unit: "MB", against: "goal of 100 MB",
            ratio: own / 100)
    }

    /// The median without the first, which warms up.
    private static func median(_ values: [Double]) -> Double {
        BenchCommand.median(Array(values.dropFirst()))
    }

    /// Tokens as good as random, the same in every run.
    private static func tokens(_ vocabulary: Int) -> [Int] {
        var state: UInt64 = 1
        return (0..<prompt).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(vocabulary))
        }
    }
}
