import Genome
import Swarm
import Wire

/// What a command is going to do with the layers that it opens.
struct LayerUse {
    /// Run, train on or derive from.
    let action: Action
    /// What for, as the caller said.
    let purpose: Purpose
    /// The words she said it in.
    let words: [String]

    /// A use by the words of `--purpose`: `commercial`, `non-commercial`, `research`,
    /// `not-research`, or a field such as `clinical`.
    init(_ action: Action, _ words: [String]) throws(Failure) {
        var isCommercial: Bool?
        var isResearch: Bool?
        var domains: Set<String> = []
        for word in words {
            switch word {
            case "commercial": isCommercial = true
            case "non-commercial": isCommercial = false
            case "research": isResearch = true
            case "not-research": isResearch = false
            default:
                guard !word.isEmpty, word.utf8.count <= 128, PlainText.isPlain(word) else {
                    throw Failure(
                        .usage, "--purpose \(PlainText.shown(word)) makes no sense",
                        remedy: "say commercial, non-commercial, research, not-research or a field")
                }
                domains.insert(word)
            }
        }
        self.action = action
        self.words = words
        purpose = Purpose(
            isCommercial: isCommercial, isResearch: isResearch, domains: domains)
    }

    /// To compute answers with them.
    static func run(_ words: [String]) throws(Failure) -> LayerUse { try LayerUse(.run, words) }

    /// To learn from them.
    static func train(_ words: [String]) throws(Failure) -> LayerUse {
        try LayerUse(.train, words)
    }

    /// To make layers of them.
    static func derive(_ words: [String]) throws(Failure) -> LayerUse {
        try LayerUse(.derive, words)
    }

    /// A use that the command asks the node for.
    init?(_ request: ServiceRequest) throws(Failure) {
        guard let action = request.text("action").flatMap({ Action(rawValue: $0) }) else {
            return nil
        }
        try self.init(action, request.texts("purpose"))
    }

    /// Members of the question to the node.
    func write(to object: inout JSONObject) {
        object["action"] = .string(action.rawValue)
        object["purpose"] = .array(words.map { .string($0) })
    }
}
