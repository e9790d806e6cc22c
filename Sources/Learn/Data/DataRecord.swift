import Genome

/// One record of training data as it was written.
struct DataRecord: Sendable {
    /// What the record holds.
    enum Content: Equatable, Sendable {
        /// A text that is learned whole.
        case text(String)
        /// A whole file of text.
        case document(String)
        /// What is read, and what is to be answered.
        case completion(prompt: String, completion: String)
        /// A conversation, with descriptions of functions where there are some.
        case chat(messages: [JSONValue], tools: JSONValue?)
        /// Tokens, and labels where they are not the tokens.
        case tokens([Int32], labels: [Int32]?)
    }

    let content: Content
    let place: DataPlace
    /// The bytes it was read from: they decide whether it is set aside.
    let bytes: ArraySlice<UInt8>
}

extension DataRecord.Content {
    /// The kinds of records by the key that tells each, with the keys that it may have.
    private static let kinds: [(key: String, keys: [String])] = [
        ("text", ["text"]), ("prompt", ["prompt", "completion"]),
        ("messages", ["messages", "tools"]), ("input_ids", ["input_ids", "labels"]),
    ]

    /// What a JSON object holds. Whether tokens exist in the model is checked here, by its number
    /// of them.
    init(_ object: JSONObject, vocabulary: Int) throws(RecordFault) {
        let names = object.names
        let found = Self.kinds.filter { kind in names.contains { kind.keys.contains($0) } }
        guard found.count < 2 else {
            throw .mixedKinds(names.filter { name in found.contains { $0.keys.contains(name) } })
        }
        guard let kind = found.first else { throw .noKind(found: names) }
        if let name = names.first(where: { !kind.keys.contains($0) }) {
            throw .unknownKey(name, kind: kind.key)
        }
        guard object[kind.key] != nil else { throw .missingKey(kind.key, kind: kind.key) }
        switch kind.key {
        case "text": self = .text(try Self.text(object, "text", kind.key))
        case "prompt":
            // An empty prompt is sensible: the completion is then learned from the start.
            guard let prompt = object["prompt"]?.string else {
                throw .wrongType(key: "prompt", expected: "text")
            }
            let completion = try Self.text(object, "completion", kind.key)
            self = .completion(prompt: prompt, completion: completion)
        case "messages": self = try Self.chat(object)
        default: self = try Self.tokens(object, vocabulary: vocabulary)
        }
    }

    /// What a row of a table holds.
    init(columns: [String], fields: [String]) throws(RecordFault) {
        guard fields.count == columns.count else {
            throw .fieldCount(found: fields.count, columns: columns.count)
        }
        let members = zip(columns, fields).map {
            JSONObject.Member(name: $0, value: .string($1))
        }
        try self.init(JSONObject(members), vocabulary: 0)
    }

    private static func text(
        _ object: JSONObject, _ key: String, _ kind: String
    ) throws(RecordFault) -> String {
        guard let value = object[key] else { throw .missingKey(key, kind: kind) }
        guard let text = value.string else { throw .wrongType(key: key, expected: "text") }
        guard !text.isEmpty else { throw .emptyValue(key: key) }
        return text
    }

    private static func chat(_ object: JSONObject) throws(RecordFault) -> Self {
        guard let messages = object["messages"]?.array else {
            throw .wrongType(key: "messages", expected: "a list of messages")
        }
        guard !messages.isEmpty else { throw .emptyValue(key: "messages") }
        guard messages.count <= DataLimits.messagesMax else {
            let expected = "a list of at most \(DataLimits.messagesMax) messages"
            throw .wrongType(key: "messages", expected: expected)
        }
        for (index, message) in messages.enumerated() {
            guard let members = message.object else {
                throw .wrongType(key: "messages[\(index)]", expected: "an object")
            }
            guard members["role"]?.string?.isEmpty == false else {
                throw .wrongType(key: "messages[\(index)].role", expected: "text")
            }
            // Others leave out of the loss what has the weight 0; passing over it would learn it.
            guard members["weight"] == nil else {
                throw .unknownKey("messages[\(index)].weight", kind: "messages")
            }
        }
        let tools = object["tools"].flatMap { $0.isNull ? nil : $0 }
        guard tools?.array != nil || tools == nil else {
            throw .wrongType(key: "tools", expected: "a list of functions")
        }
        return .chat(messages: messages, tools: tools)
    }

    private static func tokens(
        _ object: JSONObject, vocabulary: Int
    ) throws(RecordFault) -> Self {
        let tokens = try numbers(object, "input_ids", vocabulary: vocabulary, maySkip: false)
        guard let tokens, !tokens.isEmpty else { throw .emptyValue(key: "input_ids") }
        let labels = try numbers(object, "labels", vocabulary: vocabulary, maySkip: true)
        guard labels == nil || labels?.count == tokens.count else {
            throw .labelCount(tokens: tokens.count, labels: labels?.count ?? 0)
        }
        return .tokens(tokens, labels: labels)
    }

    private static func numbers(
        _ object: JSONObject, _ key: String, vocabulary: Int, maySkip: Bool
    ) throws(RecordFault) -> [Int32]? {
        guard let value = object[key] else { return nil }
        guard let values = value.array else {
            throw .wrongType(key: key, expected: "a list of whole numbers")
        }
        var numbers: [Int32] = []
        numbers.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            guard let number = value.integer else {
                throw .wrongType(key: "\(key)[\(index)]", expected: "a whole number")
            }
            let isMasked = maySkip && number == Int64(TrainingExample.masked)
            guard isMasked || number >= 0 && number < Int64(vocabulary) else {
                throw .noToken(key: key, index: index, token: number, vocabulary: vocabulary)
            }
            numbers.append(Int32(truncatingIfNeeded: number))
        }
        return numbers
    }
}
