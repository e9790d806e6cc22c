import Genome
import Learn
import Wire

/// The options that `infer` and `chat` share.
enum GenerationOptions {
    /// Longest answer.
    private static let tokensMax = 1 << 20

    static func settings(
        _ arguments: Arguments, _ session: ComputeSession
    ) throws(Failure) -> GenerationSettings {
        var settings = GenerationSettings()
        settings.tokensMax =
            try arguments.integer("max-tokens", in: 0...tokensMax) ?? session.decoding.maxTokens
            ?? settings.tokensMax
        settings.sampling = try sampling(arguments, session.decoding)
        settings.stops = arguments.texts("stop")
        if !arguments.isGiven("ignore-eos") {
            settings.ends = try inLearn("reading the ends of text") { () throws(LearnError) in
                try ModelEnds.read(session.base.files)
            }
        }
        if arguments.isGiven("logprobs") {
            settings.likeliest = try arguments.integer("logprobs", in: 0...100) ?? 0
        }
        return settings
    }

    /// What the layers want, and over it what the user says.
    private static func sampling(
        _ arguments: Arguments, _ decoding: DecodingChoices
    ) throws(Failure) -> SamplingSettings {
        var sampling = SamplingSettings()
        sampling.temperature = decoding.temperature ?? sampling.temperature
        sampling.topP = decoding.topP ?? sampling.topP
        sampling.minP = decoding.minP ?? sampling.minP
        sampling.repetitionPenalty = decoding.repetitionPenalty ?? sampling.repetitionPenalty
        let numbers: [(name: String, place: WritableKeyPath<SamplingSettings, Double>)] = [
            ("temperature", \.temperature), ("top-p", \.topP), ("min-p", \.minP),
            ("repetition-penalty", \.repetitionPenalty), ("presence-penalty", \.presencePenalty),
            ("frequency-penalty", \.frequencyPenalty),
        ]
        for (name, place) in numbers {
            if let value = try number(arguments, name) { sampling[keyPath: place] = value }
        }
        sampling.topK = try arguments.integer("top-k", in: 0...tokensMax) ?? decoding.topK ?? 0
        if let seed = arguments.text("seed") {
            guard let value = UInt64(seed) else {
                throw Failure(.usage, "--seed \(PlainText.shown(seed)) is no whole number")
            }
            sampling.seed = value
        }
        for entry in arguments.texts("logit-bias") {
            let parts = entry.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let token = Int(parts[0]), let bias = Double(parts[1]) else {
                throw Failure(
                    .usage, "--logit-bias \(PlainText.shown(entry)) makes no sense",
                    why: "it must be ID:NUMBER")
            }
            sampling.bias[token] = bias
        }
        try inLearn("reading the options") { () throws(LearnError) in try sampling.check() }
        return sampling
    }

    private static func number(_ arguments: Arguments, _ name: String) throws(Failure) -> Double? {
        guard let text = arguments.text(name) else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw Failure(.usage, "--\(name) \(PlainText.shown(text)) is no number")
        }
        return value
    }
}
