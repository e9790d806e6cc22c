import Genome

/// What `tokenizer_config.json` adds to a tokenizer. Members that say nothing about ids, such as
/// lengths and the names of Python classes, are not ours and are left alone.
struct TokenizerConfig: Sendable {
    /// The tokens that have a role, by the names `bos_token`, `eos_token`, `pad_token`,
    /// `unk_token` and so on.
    var roles: [String: String] = [:]
    /// Whether the beginning and the end of a text are marked, where the file says so.
    var addsBeginning: Bool?
    var addsEnd: Bool?
    /// The chat template.
    var chatTemplate: String?
    /// Further chat templates by name.
    var namedTemplates: [String: String] = [:]
    /// Added tokens, which older folders keep here.
    var added: [AddedToken] = []

    static let roleNames = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token",
        "mask_token",
    ]

    init() {}

    /// Reads the file.
    init(_ bytes: [UInt8]) throws(LearnError) {
        let value = try TokenizerFile.json(bytes, file: "tokenizer_config.json")
        let part = try TokenizerPart(value, path: "tokenizer_config.json")
        for name in Self.roleNames {
            guard let value = part.value(name) else { continue }
            guard let text = value.string ?? value["content"]?.string else {
                throw part.wrong(name, "a token")
            }
            roles[name] = text
        }
        if part.value("add_bos_token") != nil {
            addsBeginning = try part.flag("add_bos_token", default: false)
        }
        if part.value("add_eos_token") != nil {
            addsEnd = try part.flag("add_eos_token", default: false)
        }
        try readTemplates(part)
        guard let tokens = part.value("added_tokens_decoder")?.object else { return }
        guard tokens.count <= TokenizerLimits.addedTokensMax else {
            let limit = TokenizerLimits.addedTokensMax
            throw .tokenizer(.tooLarge(what: "list of added tokens", limit: limit))
        }
        for member in tokens.members {
            let path = "\(part.path).added_tokens_decoder.\(member.name)"
            guard let id = UInt32(member.name) else {
                throw .tokenizer(.malformed(at: path, expected: "named by an id"))
            }
            added.append(try AddedToken(TokenizerPart(member.value, path: path), id: id))
        }
    }

    /// One template, or a list of `{name, template}` of which `default` is the one.
    private mutating func readTemplates(_ part: TokenizerPart) throws(LearnError) {
        guard let value = part.value("chat_template") else { return }
        if let text = value.string {
            chatTemplate = text
            return
        }
        for entry in try part.parts("chat_template") {
            let name = try entry.text("name")
            let template = try entry.text("template")
            if name == "default" {
                chatTemplate = template
            } else {
                namedTemplates[name] = template
            }
        }
    }
}
