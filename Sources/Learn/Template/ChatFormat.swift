import Genome
import Wire

/// How a model wants conversations written: its template, and where that was found.
public struct ChatFormat: Sendable {
    /// Longest template file.
    private static let bytesMax = 1 << 20

    /// The template.
    public let template: ChatTemplate
    /// BLAKE3-256 of the template's text.
    public let digest: Digest
    private let specialTokens: [String: String]

    /// The format of a model's files: `chat_template.jinja`, else the template in
    /// `tokenizer_config.json`; nil if there is none.
    public init?(_ files: LayerFiles, _ tokenizer: Tokenizer) throws(LearnError) {
        var source = tokenizer.chatTemplate
        if let bytes = try files.bytes("chat_template.jinja", limit: Self.bytesMax) {
            source = String(decoding: bytes, as: UTF8.self)
        }
        guard let source else { return nil }
        try self.init(source: source, tokenizer)
    }

    /// A template given by its text.
    public init(source: String, _ tokenizer: Tokenizer) throws(LearnError) {
        template = try ChatTemplate(source)
        digest = Blake3.hash(Array(source.utf8))
        var tokens: [String: String] = [:]
        for role in ["bos_token", "eos_token", "pad_token", "unk_token"] {
            tokens[role] = tokenizer.token(role: role)
        }
        specialTokens = tokens
    }

    /// A conversation as the model reads it.
    ///
    /// - Parameters:
    ///   - messages: a list of objects with `role` and what else the template asks for.
    ///   - tools: descriptions of functions that the model may call.
    public func render(
        messages: JSONValue, tools: JSONValue? = nil, addGenerationPrompt: Bool,
        now: TemplateDate?
    ) throws(LearnError) -> RenderedChat {
        try template.renderChat(
            messages: messages, tools: tools, addGenerationPrompt: addGenerationPrompt,
            specialTokens: specialTokens, now: now)
    }

    /// The token ids of a conversation that the model is to go on with.
    ///
    /// - Parameters:
    ///   - messages: pairs of role and text.
    ///   - tools: descriptions of functions that the model may call.
    public func tokens(
        of messages: [(role: String, content: String)], tools: JSONValue? = nil,
        _ tokenizer: Tokenizer, now: TemplateDate?
    ) throws(LearnError) -> [Int] {
        let list = messages.map { message in
            JSONValue.object(
                JSONObject([
                    JSONObject.Member(name: "role", value: .string(message.role)),
                    JSONObject.Member(name: "content", value: .string(message.content)),
                ]))
        }
        let chat = try render(
            messages: .array(list), tools: tools, addGenerationPrompt: true, now: now)
        // The template has put the special tokens itself; adding them again would double them.
        return try tokenizer.encode(chat.text, addSpecial: false).map { Int($0) }
    }
}
