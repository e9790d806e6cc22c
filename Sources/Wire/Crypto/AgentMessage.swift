/// Why an answer of an SSH agent is not used.
public enum AgentFault: Error, Equatable, Sendable {
    /// It answered that it cannot or will not: the key is gone, or it is locked.
    case refused
    /// The bytes are not the answer that was asked for; says which part.
    case malformed(String)
    /// It says that more follows than any answer needs.
    case tooLarge
}

/// The messages of the SSH agent protocol (draft-ietf-sshm-ssh-agent) that a signer needs: which
/// keys there are, and a signature. Numbers are big-endian; a string is its length in four bytes
/// and its bytes. Of keys, Ed25519 alone counts (RFC 8709).
public enum AgentMessage {
    /// Longest answer that is read: OpenSSH's own limit for a message is as much.
    public static let answerBytesMax = 256 << 10
    /// Longest text to sign: the request must fit a message of the same limit.
    public static let textBytesMax = answerBytesMax - 1_024
    /// Most keys that an answer may list: far more than anyone keeps in an agent.
    public static let keysMax = 1_024
    /// Longest comment of a key that is shown; a longer one is cut.
    static let commentBytesMax = 256

    private static let failure: UInt8 = 5
    private static let requestIdentities: UInt8 = 11
    private static let identitiesAnswer: UInt8 = 12
    private static let signType: UInt8 = 13
    private static let signResponse: UInt8 = 14
    private static let kind = Array("ssh-ed25519".utf8)

    /// An Ed25519 key that an agent keeps.
    public struct Entry: Equatable, Sendable {
        /// The public key.
        public let key: NodeKey
        /// The words beside it; what is no plain text is left out.
        public let comment: String

        /// A key with its words.
        public init(key: NodeKey, comment: String) {
            self.key = key
            self.comment = comment
        }

        /// `SHA256:` and the digest of the key as `ssh-add -l` prints it.
        public var fingerprint: String {
            "SHA256:"
                + Base64.encode(Sha256.hash(AgentMessage.blob(of: key)).bytes, isPadded: false)
        }
    }

    /// The question which keys there are, with its length in front.
    public static var listRequest: [UInt8] { framed([requestIdentities]) }

    /// The question for a signature over exactly `text`, with its length in front.
    public static func signRequest(_ text: [UInt8], by key: NodeKey) -> [UInt8] {
        framed([signType] + string(blob(of: key)) + string(text) + [0, 0, 0, 0])
    }

    /// A public key as SSH writes it.
    public static func blob(of key: NodeKey) -> [UInt8] { string(kind) + string(key.bytes) }

    /// The number of bytes that follow a length of four bytes.
    public static func length(_ bytes: [UInt8]) throws(AgentFault) -> Int {
        guard bytes.count == 4 else { throw .malformed("the length") }
        let count = bytes.reduce(0) { $0 << 8 | Int($1) }
        guard count > 0 else { throw .malformed("the length") }
        guard count <= answerBytesMax else { throw .tooLarge }
        return count
    }

    /// The Ed25519 keys of an answer without its length; those of other kinds are passed over.
    public static func keys(_ answer: [UInt8]) throws(AgentFault) -> [Entry] {
        var fields = try body(answer, type: identitiesAnswer)
        let count = try fields.number("the number of keys")
        guard count <= keysMax else { throw .tooLarge }
        var entries: [Entry] = []
        for _ in 0..<count {
            var blob = Fields(try fields.string("a key"))
            let comment = try fields.string("a comment")
            guard try blob.string("a kind of key") == kind else { continue }
            guard let key = NodeKey(bytes: try blob.string("a key")), blob.isAtEnd else {
                throw .malformed("an Ed25519 key")
            }
            let text = PlainText.decode(Array(comment.prefix(commentBytesMax))) ?? ""
            entries.append(Entry(key: key, comment: text))
        }
        guard fields.isAtEnd else { throw .malformed("what follows the keys") }
        return entries
    }

    /// The kinds of keys of such an answer that are passed over, each once, as plain text.
    public static func otherKinds(_ answer: [UInt8]) throws(AgentFault) -> [String] {
        var fields = try body(answer, type: identitiesAnswer)
        let count = try fields.number("the number of keys")
        guard count <= keysMax else { throw .tooLarge }
        var kinds: [String] = []
        for _ in 0..<count {
            var blob = Fields(try fields.string("a key"))
            _ = try fields.string("a comment")
            let found = try blob.string("a kind of key")
            let text = PlainText.decode(Array(found.prefix(64))) ?? "unknown"
            if found != kind, !kinds.contains(text) { kinds.append(text) }
        }
        return kinds
    }

    /// The signature of an answer without its length. Whose it is, is not checked here.
    public static func signature(_ answer: [UInt8]) throws(AgentFault) -> Signature {
        var fields = try body(answer, type: signResponse)
        var blob = Fields(try fields.string("the signature"))
        guard fields.isAtEnd else { throw .malformed("what follows the signature") }
        guard try blob.string("the kind of signature") == kind else {
            throw .malformed("the kind of signature")
        }
        let bytes = try blob.string("the signature")
        guard blob.isAtEnd, let signature = Signature(bytes: bytes) else {
            throw .malformed("the signature")
        }
        return signature
    }

    private static func body(_ answer: [UInt8], type: UInt8) throws(AgentFault) -> Fields {
        guard answer.count <= answerBytesMax else { throw .tooLarge }
        guard let first = answer.first else { throw .malformed("the type") }
        guard first != failure else { throw .refused }
        guard first == type else { throw .malformed("the type") }
        return Fields(Array(answer.dropFirst()))
    }

    private static func framed(_ message: [UInt8]) -> [UInt8] { string(message) }

    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(truncatingIfNeeded: bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }

    /// Fields that are read from the front.
    private struct Fields {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func number(_ what: String) throws(AgentFault) -> Int {
            guard bytes.count - position >= 4 else { throw .malformed(what) }
            let value = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            position += 4
            return value
        }

        mutating func string(_ what: String) throws(AgentFault) -> [UInt8] {
            let count = try number(what)
            guard count <= bytes.count - position else { throw .malformed(what) }
            defer { position += count }
            return Array(bytes[position..<position + count])
        }
    }
}
