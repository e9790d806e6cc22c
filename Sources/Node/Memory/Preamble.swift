import Genome
import Host
import Learn
import Store
import Wire

/// What the layers of a session tell the model before a prompt or turn.
struct Preamble {
    /// Entries that a memory gives unless asked otherwise.
    private static let recallDefault = 4
    /// Most entries that a memory gives: more would push the conversation out.
    private static let recallMax = 64

    /// What was said, and what of it was remembered.
    struct Said {
        /// The text; empty where there is nothing to say.
        let text: String
        /// What memories gave.
        let recalled: [JSONValue]

        /// The members of an answer that tell of it.
        func describe(_ object: inout JSONObject) {
            if !text.isEmpty { object["preamble"] = .string(text) }
            if !recalled.isEmpty { object["recalled"] = .array(recalled) }
        }
    }

    /// The engine, where a memory needed one before the prompt was known.
    let engine: Engine?
    private let voices: [Voice]
    private let count: Int
    private let order: MemoryOrder?
    private let model: MemoryModel?

    /// The preamble of a session; `engine` is the one that will answer, if there is one already.
    init(
        _ session: ComputeSession, _ arguments: Arguments, _ engine: Engine? = nil
    ) throws(Failure) {
        voices = session.voices
        count = try arguments.integer("recall", in: 0...Self.recallMax) ?? Self.recallDefault
        let order = try Self.order(arguments, "recall-by")
        self.order = order
        let asksByLikeness = voices.contains { voice in
            voice.memory.map { (order ?? $0.order) == .similarity } ?? false
        }
        guard asksByLikeness, count > 0 else {
            self.engine = engine
            model = nil
            return
        }
        let ready: Engine
        if let engine {
            ready = engine
        } else {
            let positions = min(session.model.architecture.positions, 4_096)
            ready = try session.engine(arguments, positions: positions)
        }
        self.engine = ready
        model = try MemoryModel(session, ready)
    }

    /// An option that says how memories are asked.
    static func order(_ arguments: Arguments, _ name: String) throws(Failure) -> MemoryOrder? {
        try arguments.choice(name, among: MemoryOrder.allCases.map(\.rawValue))
            .flatMap { MemoryOrder(rawValue: $0) }
    }

    /// What is said before `question`.
    func said(of question: String) throws(Failure) -> Said {
        var texts: [String] = []
        var recalled: [JSONValue] = []
        for voice in voices {
            switch voice.content {
            case .words(let text): texts.append(text)
            case .memory(let memory):
                let entries = try memory.entries(
                    by: order ?? memory.order, count, question: question, model)
                texts.append(MemoryRecord.prompt(entries.map(\.text)))
                recalled += entries.map { $0.json(of: voice.source) }
            }
        }
        return Said(text: Guidance.joined(texts), recalled: recalled)
    }
}

extension MemoryEntry {
    /// The entry as an answer tells it.
    func json(of source: LayerSource) -> JSONValue {
        var object = JSONObject()
        object["layer"] = source.layer.map { .string($0) } ?? .null
        object["text"] = .string(text)
        object["importance"] = .double(importance)
        object["time"] = .integer(time)
        object["likeness"] = likeness.map { .double($0) }
        return .object(object)
    }
}
