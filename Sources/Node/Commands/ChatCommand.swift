import Genome
import Host
import Learn
import Wire

/// `plasmid chat`: a conversation, turn by turn. Ctrl-C ends the answer that is being written, or
/// the conversation where none is; the other signals end both.
struct ChatCommand {
    /// A turn of the conversation.
    private typealias Message = (role: String, content: String)

    private let session: ComputeSession
    private let use: UseNote
    private let tokenizer: Tokenizer
    private let format: ChatFormat?
    private let engine: Engine
    private let settings: GenerationSettings
    private let report: Report
    private let sequence: TokenSequence
    private let interruption: Interruption
    private let now: TemplateDate?
    private var messages: [Message] = []
    /// What the sequence has seen.
    private var seen: [Int] = []
    private var answers: [JSONValue] = []
    /// What the user told the model first.
    private let system: String
    /// What the layers tell it.
    private let preamble: Preamble

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        var chat = try ChatCommand(arguments, report)
        return try chat.run()
    }

    private init(_ arguments: Arguments, _ report: Report) throws(Failure) {
        self.report = report
        session = try ComputeSession.open(arguments, report)
        use = UseNote(session, command: "chat")
        tokenizer = try session.tokenizer()
        format = try Self.format(arguments, session, tokenizer)
        var settings = try GenerationOptions.settings(arguments, session)
        if arguments.text("max-tokens") == nil {
            settings.tokensMax = session.decoding.maxTokens ?? 1_024
        }
        if let end = tokenizer.endID, !arguments.isGiven("ignore-eos") {
            settings.ends.insert(Int(end))
        }
        self.settings = settings
        let positions = session.model.architecture.positions
        interruption = try InferCommand.interruption()
        engine = try session.engine(arguments, positions: min(positions, 4_096))
        let (engine, stack) = (engine, session.stack)
        sequence = try inLearn("starting the chat") { () throws(LearnError) in
            try engine.makeSequence(capacity: positions, adapters: stack)
        }
        now = TemplateDate(unixSeconds: Clock.wallMilliseconds() / 1_000)
        system = arguments.text("system") ?? ""
        preamble = try Preamble(session, arguments, engine)
    }

    /// The template of the base, a file, or none if the person said so.
    private static func format(
        _ arguments: Arguments, _ session: ComputeSession, _ tokenizer: Tokenizer
    ) throws(Failure) -> ChatFormat? {
        if arguments.isGiven("plain") { return nil }
        if let path = arguments.text("template") {
            return try inLearn("reading \(path)") { () throws(LearnError) in
                let files = LayerFiles(["chat_template.jinja": path], title: path)
                return try ChatFormat(files, tokenizer)
            }
        }
        let format = try inLearn("reading the chat template of \(session.base.title)") {
            () throws(LearnError) in try ChatFormat(session.base.files, tokenizer)
        }
        guard let format else {
            throw Failure(
                .refused, "\(session.base.title) has no chat template",
                why: "it is not known how it wants turns of a conversation written",
                remedy: "give one with --template FILE, or go on from plain text with --plain")
        }
        return format
    }

    /// Turns until there are no more; the exit code.
    private mutating func run() throws(Failure) -> Int32 {
        let isPerson = Machine.isTerminal(0) && !report.isJSON
        report.note("\(session.title), \(engine.profile.rawValue), base \(session.match.rawValue)")
        if isPerson {
            report.note(
                "/clear forgets the conversation, /exit or Ctrl-D ends it, "
                    + "Ctrl-C ends an answer")
        }
        var input = LineInput(0, interruption)
        while true {
            if isPerson { Machine.write("> ", to: 2) }
            guard case .line(let line) = input.next() else { break }
            switch line {
            case "": continue
            case "/exit":
                finish()
                return 0
            case "/clear":
                messages.removeAll { $0.role != "system" }
                report.note("forgotten")
            default:
                do throws(Failure) {
                    try turn(line)
                } catch {
                    // A turn too long is no reason to lose the conversation.
                    guard isPerson else { throw error }
                    report.note(error.line)
                }
            }
        }
        // Behind the prompt, or behind what the terminal shows of Ctrl-C.
        if isPerson { Machine.write("\n", to: 2) }
        finish()
        guard let signal = interruption.signal else { return 0 }
        return report.stopped("the conversation was ended", by: signal)
    }

    private func finish() {
        var object = JSONObject()
        object["answers"] = .array(answers)
        object["messages"] = .array(
            messages.map { ["role": .string($0.role), "content": .string($0.content)] })
        session.describe(&object, engine.profile)
        object["session"] = .string(use.session)
        use.write(LazyAccess(report), report)
        report.done(object, text: [])
    }

    /// The tokens of the whole conversation so far.
    private func tokens() throws(Failure) -> [Int] {
        guard let format else {
            return try tokenizer.encoded(messages.map(\.content).joined(separator: "\n"))
        }
        return try inLearn("writing the conversation") { () throws(LearnError) in
            try format.tokens(
                of: messages, tools: session.tools.isEmpty ? nil : .array(session.tools),
                tokenizer, now: now)
        }
    }

    private mutating func turn(_ text: String) throws(Failure) {
        messages.append(("user", text))
        do throws(Failure) {
            try answerLast(try begin(text))
        } catch {
            messages.removeLast()
            throw error
        }
    }

    /// Puts first what the user and the layers tell the model, memories as far as they have to do
    /// with this turn.
    private mutating func begin(_ turn: String) throws(Failure) -> Preamble.Said {
        let said = try preamble.said(of: turn)
        let text = Guidance.joined([system, said.text])
        messages.removeAll { $0.role == "system" }
        if !text.isEmpty { messages.insert(("system", text), at: 0) }
        return said
    }

    private mutating func answerLast(_ said: Preamble.Said) throws(Failure) {
        let tokens = try tokens()
        let positions = session.model.architecture.positions
        guard tokens.count < positions else {
            throw Failure(
                .refused, "the conversation is too long",
                why: "it has \(tokens.count) tokens, the model \(positions) positions",
                remedy: "forget it with /clear")
        }
        // What the sequence has seen already is not run again; the last token always is, for its
        // logits are wanted.
        var common = 0
        while common < min(seen.count, tokens.count - 1), seen[common] == tokens[common] {
            common += 1
        }
        sequence.cache.truncate(to: min(common, sequence.count))
        // Should the answer fail, the sequence has seen nothing beyond this.
        seen = Array(seen.prefix(sequence.count))
        let start = sequence.count
        var settings = settings
        settings.tokensMax = min(settings.tokensMax, positions - tokens.count)
        let answer = try InferCommand.answer(
            engine, sequence, Array(tokens[start...]), history: tokens, settings, tokenizer, report,
            interruption)
        seen = Array((tokens + answer.tokens.map(\.token)).prefix(sequence.count))
        messages.append(("assistant", answer.text))
        var object = InferCommand.object(answer, prompt: tokens.count, tokenizer)
        said.describe(&object)
        answers.append(.object(object))
        // Also when the answer ended by itself in that moment.
        if interruption.isForThisPart {
            interruption.answer()
            report.note("plasmid: \(InferCommand.stopped(answer))")
        }
    }
}
