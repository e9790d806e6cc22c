/// What a file is, told from its name and its first bytes: decides whether it is shared unasked.
public enum FileKind: Hashable, Sendable {
    /// Tensors without code.
    case safetensors
    /// A JSON document.
    case json
    /// Text for people or for a tokenizer.
    case text
    /// Tokenizer data that is not text.
    case tokenizer
    /// Runs code when it is opened; never shared.
    case pickle
    /// Anything else; shared only by name.
    case other

    /// Most bytes of the start of a file that are looked at.
    public static let firstBytesMax = 4_096

    private static let pickleEndings = [
        ".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".pyc", ".mar", ".pt2",
    ]
    private static let textEndings = [
        ".txt", ".md", ".markdown", ".jinja", ".jinja2", ".rst", ".yaml", ".yml", ".bib", ".cff",
    ]
    private static let textNames = [
        "license", "licence", "copying", "notice", "readme", "use_policy", "authors", "citation",
    ]

    /// The kind of a file of that name that begins with `first`.
    public static func kind(of name: String, first: [UInt8]) -> FileKind {
        let folded = name.lowercased()
        if folded.hasSuffix(".safetensors") { return .safetensors }
        if pickleEndings.contains(where: { folded.hasSuffix($0) }) || isPickle(first) {
            return .pickle
        }
        if folded.hasSuffix(".json") { return .json }
        if folded.hasSuffix(".tiktoken") || folded.hasSuffix(".model") { return .tokenizer }
        if textEndings.contains(where: { folded.hasSuffix($0) }) { return .text }
        let stem = folded.split(separator: ".").first.map { String($0) } ?? folded
        let isTextName = textNames.contains { stem == $0 || stem.hasPrefix($0 + "-") }
        return isTextName && !first.contains(0) ? .text : .other
    }

    /// Whether bytes begin as a pickle does: protocol 2 and later, the usual starts of the older
    /// ones, or a zip archive whose first member is one (as PyTorch writes).
    private static func isPickle(_ first: [UInt8]) -> Bool {
        if first.count > 2, first[0] == 0x80, (2...5).contains(first[1]) { return true }
        let olderStarts = [
            "(dp0\n", "(lp0\n", "ccopy_reg\n", "c__builtin__\n", "cposix\n", "cos\n",
        ]
        if olderStarts.contains(where: { first.starts(with: $0.utf8) }) { return true }
        guard first.starts(with: [0x50, 0x4b, 0x03, 0x04]) else { return false }
        return [".pkl", ".pickle", "/data.pkl"].contains {
            first.firstRange(of: Array($0.utf8)) != nil
        }
    }

    /// Whether it is read as text, so that it must be looked through for keys and tokens.
    public var isText: Bool { self == .json || self == .text }

    /// Whether it is shared without being named.
    public var isTakenUnasked: Bool {
        switch self {
        case .safetensors, .json, .text, .tokenizer: true
        case .pickle, .other: false
        }
    }
}
