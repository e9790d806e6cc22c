import Genome
import Host
import Learn
import Wire

/// `plasmid infer`: one answer to one prompt; a signal ends it where it is.
enum InferCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        let session = try ComputeSession.open(arguments, report)
        let use = UseNote(session, command: "infer")
        let tokenizer = try inLearn("opening the tokenizer of \(session.base.title)") {
            () throws(LearnError) in try Tokenizer(session.base.files)
        }
        let interruption = try interruption()
        let preamble = try Preamble(session, arguments)
        let (prompt, said) = try prompt(arguments, tokenizer, session, preamble)
        let settings = try GenerationOptions.settings(arguments, session)
        let capacity = Generation.capacity(prompt: prompt.count, settings)
        let engine: Engine
        if let ready = preamble.engine {
            engine = ready
        } else {
            engine = try session.engine(arguments, positions: capacity)
        }
        // Refused before anything is written.
        let sequence = try inLearn("answering") { () throws(LearnError) in
            try engine.makeSequence(capacity: capacity, adapters: session.stack)
        }
        if let path = arguments.text("logits") {
            try LogitsFile(path).write(engine, session.stack, prompt) { interruption.isAsked }
        }
        let begun = Clock.monotonic()
        let answer = try answer(
            engine, sequence, prompt, history: prompt, settings, tokenizer, report, interruption)
        let seconds = Double(Clock.monotonic() - begun) / 1e9
        var object = Self.object(answer, prompt: prompt.count, tokenizer)
        object["seconds"] = .double(seconds)
        object["memory"] = .integer(
            Int64(
                clamping: Engine.memoryEstimate(
                    session.model.architecture, profile: engine.profile, positions: capacity)))
        object["peakMemory"] = .integer(Int64(clamping: Machine.peakMemory))
        session.describe(&object, engine.profile)
        said?.describe(&object)
        object["session"] = .string(use.session)
        use.write(LazyAccess(report), report)
        // Text for people was written as it came.
        report.done(object, text: [])
        guard answer.finish == .cancelled, let signal = interruption.signal else { return 0 }
        return report.stopped(stopped(answer), by: signal)
    }

    /// Watches for signals; before the engine, so that none of its threads takes them.
    static func interruption() throws(Failure) -> Interruption {
        do throws(SystemError) {
            return try Interruption()
        } catch {
            throw Failure(.internal, "signals cannot be watched", why: error.description)
        }
    }

    /// What is said of an answer that a signal ended.
    static func stopped(_ answer: Generation.Answer) -> String {
        "stopped after \(answer.tokens.count) tokens of the answer"
    }

    private static func prompt(
        _ arguments: Arguments, _ tokenizer: Tokenizer?, _ session: ComputeSession,
        _ preamble: Preamble
    ) throws(Failure) -> (tokens: [Int], said: Preamble.Said?) {
        switch (arguments.text("prompt"), arguments.text("prompt-tokens")) {
        case (let plain?, nil):
            let said = try preamble.said(of: plain)
            let text = Guidance.joined([said.text, plain])
            if let tokenizer { return (try tokenizer.encoded(text), said) }
            return (try session.tokenizer().encoded(text), said)
        case (nil, let list?):
            if let voice = session.voices.first {
                throw Failure(
                    .refused, "token ids are used exactly as they are given",
                    why: "\(voice.source.title) has words that stand before a prompt",
                    remedy: "give the prompt as text, with --prompt")
            }
            return (try TokenList.parse(list), nil)
        default:
            throw Failure(
                .usage, "one prompt is needed",
                remedy: "say --prompt TEXT or --prompt-tokens ID,ID,…")
        }
    }

    /// Goes on after a prompt, showing people the text as it comes. Penalties look at `history`.
    static func answer(
        _ engine: Engine, _ sequence: TokenSequence, _ prompt: [Int], history: [Int],
        _ settings: GenerationSettings, _ tokenizer: Tokenizer?, _ report: Report,
        _ interruption: Interruption
    ) throws(Failure) -> Generation.Answer {
        var stream = tokenizer?.makeStream()
        let isTerminal = Machine.isTerminal(1)
        return try inLearn("answering") { () throws(LearnError) in
            let answer = try Generation(engine, settings).run(
                sequence, prompt: prompt, history: history,
                decode: { token in
                    guard let token else { return stream?.finish() ?? "" }
                    return stream?.append(UInt32(token)) ?? ""
                },
                each: { text in
                    if !report.isJSON {
                        Machine.write(isTerminal ? PlainText.lines(text) : text, to: 1)
                    }
                }, isCancelled: { interruption.isAsked })
            if !report.isJSON { Machine.write("\n", to: 1) }
            return answer
        }
    }

    /// The members of an answer that the contract names.
    static func object(
        _ answer: Generation.Answer, prompt: Int, _ tokenizer: Tokenizer?
    ) -> JSONObject {
        var object = JSONObject()
        object["text"] = .string(answer.text)
        object["tokens"] = .array(answer.tokens.map { .integer(Int64($0.token)) })
        object["finish"] = .string(answer.finish.rawValue)
        object["usage"] = [
            "promptTokens": .integer(Int64(prompt)),
            "completionTokens": .integer(Int64(answer.tokens.count)),
        ]
        let told = answer.tokens.compactMap(\.logProbability)
        guard told.count == answer.tokens.count, !told.isEmpty else { return object }
        object["logprobs"] = .array(
            answer.tokens.map { token in
                [
                    "token": .integer(Int64(token.token)),
                    "logprob": .double(token.logProbability ?? 0),
                    "top": .array(
                        token.likeliest.map { entry in
                            [
                                "token": .integer(Int64(entry.token)),
                                "logprob": .double(entry.logProbability),
                            ]
                        }),
                ]
            })
        return object
    }
}

extension Tokenizer {
    /// The ids of a text as the engine counts them.
    func encoded(_ text: String, addSpecial: Bool = true) throws(Failure) -> [Int] {
        let ids = try inLearn("reading the prompt") { () throws(LearnError) in
            try encode(text, addSpecial: addSpecial)
        }
        return ids.map { Int($0) }
    }
}

/// Token ids on the command line: numbers with commas.
enum TokenList {
    static func parse(_ text: String) throws(Failure) -> [Int] {
        let words = text.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\n" })
        let ids = words.compactMap { Int($0) }
        guard ids.count == words.count, !ids.isEmpty, ids.allSatisfy({ $0 >= 0 }) else {
            throw Failure(
                .usage, "\(PlainText.shown(String(text.prefix(40)))) is no list of token ids",
                why: "it must be whole numbers with commas, such as 1,15,7")
        }
        return ids
    }
}
