/// How an answer ends and what is told of its tokens.
public struct GenerationSettings: Sendable {
    /// How tokens are chosen.
    public var sampling = SamplingSettings()
    /// Most tokens of the answer.
    public var tokensMax = 128
    /// Tokens that end it.
    public var ends: Set<Int> = []
    /// Text that ends it and is not part of it.
    public var stops: [String] = []
    /// How many of the likeliest tokens are told for each; nil tells no probabilities.
    public var likeliest: Int?

    /// 128 tokens, greedy.
    public init() {}
}

/// One token of an answer.
public struct GeneratedToken: Sendable {
    /// Its number.
    public let token: Int
    /// Natural logarithm of its probability under the model, before sampling settings.
    public let logProbability: Double?
    /// The likeliest tokens in its place, if asked for.
    public let likeliest: [(token: Int, logProbability: Double)]
}

/// Why an answer ended.
public enum Finish: String, Sendable {
    /// The most tokens that were asked for.
    case length
    /// A token or text that ends an answer.
    case stop
    /// Someone cancelled it.
    case cancelled
}

/// Writes the answer to a prompt, token by token.
public struct Generation {
    private let engine: Engine
    private let settings: GenerationSettings

    /// A generation with an engine.
    public init(_ engine: Engine, _ settings: GenerationSettings) throws(LearnError) {
        try settings.sampling.check()
        self.engine = engine
        self.settings = settings
    }

    /// Positions that a prompt and its answer need.
    public static func capacity(prompt: Int, _ settings: GenerationSettings) -> Int {
        prompt + max(settings.tokensMax - 1, 0)
    }

    /// An answer.
    public struct Answer: Sendable {
        /// Its text, without the stop.
        public var text = ""
        /// Its tokens, the one that ended it included.
        public var tokens: [GeneratedToken] = []
        /// Why it ended.
        public var finish = Finish.length
    }

    /// Goes on after a prompt that ends a sequence.
    ///
    /// - Parameters:
    ///   - sequence: what came before; the prompt is added to it.
    ///   - history: the tokens that penalties look at.
    ///   - decode: the text that a token adds, as far as its characters are whole; nil ends it.
    ///   - each: told each new piece of text.
    ///   - isCancelled: asked before each part of the prompt and each token; true ends the answer
    ///     where it is.
    public func run(
        _ sequence: TokenSequence, prompt: [Int], history: [Int],
        decode: (_ token: Int?) -> String, each: (_ text: String) -> Void,
        isCancelled: () -> Bool = { false }
    ) throws(LearnError) -> Answer {
        var answer = Answer()
        var sampler = Sampler(settings.sampling, prompt: history)
        var stop = StopText(settings.stops)
        let wanted: Engine.Wanted = settings.tokensMax > 0 ? .last : .none
        guard try engine.prefill(sequence, prompt, wanted: wanted, isCancelled: isCancelled) else {
            answer.finish = .cancelled
            return answer
        }
        while answer.tokens.count < settings.tokensMax {
            if isCancelled() {
                answer.finish = .cancelled
                break
            }
            let token = choose(&sampler, &answer)
            if settings.ends.contains(token) {
                answer.finish = .stop
                break
            }
            let text = stop.add(decode(token))
            answer.text += text
            if !text.isEmpty { each(text) }
            if stop.isReached {
                answer.finish = .stop
                return answer
            }
            guard answer.tokens.count < settings.tokensMax else { break }
            try engine.step([Engine.Part(sequence, [token], wanted: .last)])
        }
        let rest = stop.add(decode(nil)) + stop.rest()
        answer.text += rest
        if stop.isReached { answer.finish = .stop }
        if !rest.isEmpty { each(rest) }
        return answer
    }

    private func choose(_ sampler: inout Sampler, _ answer: inout Answer) -> Int {
        guard settings.likeliest != nil || !sampler.isGreedy else {
            let token = engine.best()
            sampler.note(token)
            answer.tokens.append(
                GeneratedToken(token: token, logProbability: nil, likeliest: []))
            return token
        }
        let logits = engine.result()
        let token = sampler.choose(logits)
        var told: [(token: Int, logProbability: Double)] = []
        var own: Double?
        if let count = settings.likeliest {
            let best = LogitRow.likeliest(logits, count)
            let values = LogitRow.logProbabilities(logits, of: best + [token])
            told = zip(best, values).map { ($0, $1) }
            own = values.last
        }
        answer.tokens.append(GeneratedToken(token: token, logProbability: own, likeliest: told))
        return token
    }
}

/// Watches a text for the words that end it; holds back what might be the beginning of one.
struct StopText {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []
    /// Whether one was found.
    private(set) var isReached = false

    init(_ stops: [String]) {
        self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }
    }

    /// Adds text; what can be shown of it now.
    mutating func add(_ text: String) -> String {
        guard !stops.isEmpty else { return text }
        guard !isReached else { return "" }
        held += text.utf8
        for start in held.indices {
            let rest = held[start...]
            if stops.contains(where: { rest.starts(with: $0) }) {
                isReached = true
                return take(start)
            }
        }
        for start in held.indices {
            let rest = held[start...]
            if stops.contains(where: { $0.starts(with: rest) }) { return take(start) }
        }
        return take(held.count)
    }

    /// What was held back and is no stop after all.
    mutating func rest() -> String { isReached ? "" : take(held.count) }

    /// The first `count` bytes, which are whole characters because stops are.
    private mutating func take(_ count: Int) -> String {
        let text = String(decoding: held.prefix(count), as: UTF8.self)
        held = isReached ? [] : Array(held.dropFirst(count))
        return text
    }
}
