import Genome
import Wire

/// A signed statement of how long a journal is and what its root is: a C2SP checkpoint in a C2SP
/// signed note, so that other programs can check it.
public struct SignedCheckpoint: Equatable, Sendable {
    /// Longest note in bytes: sixteen signatures, of which one may be a post-quantum one of 2.5 kB,
    /// and room to spare.
    public static let bytesMax = 16_384
    /// Most signature lines that are looked at.
    public static let signaturesMax = 32

    /// Name of the log: the node's, or of a later log of the same node.
    public let origin: String
    /// Number of entries.
    public let count: UInt64
    /// Root of the tree over them.
    public let root: Digest

    /// The name of a node's journal; a node whose journal was lost begins another.
    public static func origin(_ key: NodeKey, generation: UInt64 = 1) -> String {
        "plasmid/\(key.base32)" + (generation > 1 ? "/\(generation)" : "")
    }

    /// The key in the name of a log; nil for logs of other programs.
    public static func key(of origin: String) -> NodeKey? {
        let parts = origin.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts[0] == "plasmid",
            let key = NodeKey(base32: String(parts[1]))
        else { return nil }
        let generation = parts.count == 3 ? UInt64(parts[2]) ?? 0 : 1
        return Self.origin(key, generation: generation) == origin && generation > 0 ? key : nil
    }

    /// A checkpoint of known parts.
    public init(origin: String, count: UInt64, root: Digest) {
        self.origin = origin
        self.count = count
        self.root = root
    }

    /// The key that its signature is checked with, as C2SP signed-note writes it for other
    /// programs; nil for logs of other programs.
    public var verifierKey: String? {
        guard let key = Self.key(of: origin) else { return nil }
        let hash = Hexadecimal.encode(Self.keyHash(origin, key))
        return "\(origin)+\(hash)+\(Base64.encode([1] + key.bytes))"
    }

    /// What is signed: three lines.
    public var text: String { "\(origin)\n\(count)\n\(Base64.encode(root.bytes))\n" }

    /// The note with the node's signature.
    func sign(with key: SigningKey) -> String {
        let signature = key.sign(Array(text.utf8)).bytes
        let line = Base64.encode(Self.keyHash(origin, key.publicKey) + signature)
        return "\(text)\n\u{2014} \(origin) \(line)\n"
    }

    /// The checkpoint of a note that `key` signed; nil for anything else. Signatures of others and
    /// lines behind the root are passed over, as the formats ask.
    public init?(note: String, key: NodeKey) {
        guard let parts = Self.split(note), let checkpoint = Self.read(parts.text) else {
            return nil
        }
        let hash = Self.keyHash(checkpoint.origin, key)
        var isSigned = false
        for line in parts.signatures {
            guard let (name, bytes) = Self.signature(line) else { return nil }
            guard name == checkpoint.origin, bytes.starts(with: hash) else { continue }
            // A known key with a false signature spoils the note.
            guard let signature = Signature(bytes: Array(bytes.dropFirst(4))),
                signature.isValid(over: Array(parts.text.utf8), by: key)
            else { return nil }
            isSigned = true
        }
        guard isSigned else { return nil }
        self = checkpoint
    }

    /// The node that a note names with the checkpoint that this node signed; nil for anything else.
    public static func signed(_ note: String) -> (node: NodeKey, checkpoint: SignedCheckpoint)? {
        guard let key = key(of: String(note.prefix { $0 != "\n" })),
            let checkpoint = SignedCheckpoint(note: note, key: key)
        else { return nil }
        return (key, checkpoint)
    }

    /// Text and signature lines of a note; nil for what is none.
    static func split(_ note: String) -> (text: String, signatures: [Substring])? {
        guard note.utf8.count <= bytesMax, note.hasSuffix("\n") else { return nil }
        let lines = note.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard let gap = lines.lastIndex(of: ""), gap > 0, gap + 1 < lines.count,
            lines.count - gap - 1 <= signaturesMax
        else { return nil }
        let text = lines[..<gap].joined(separator: "\n") + "\n"
        return (text, Array(lines[(gap + 1)...]))
    }

    /// Name and bytes of a signature line; nil for what is none.
    static func signature(_ line: Substring) -> (name: Substring, bytes: [UInt8])? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "\u{2014}", !words[1].isEmpty,
            let bytes = Base64.decode(String(words[2])), bytes.count > 4
        else { return nil }
        return (words[1], bytes)
    }

    private static func read(_ text: String) -> SignedCheckpoint? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, let count = UInt64(lines[1]),
            String(count) == lines[1],
            let root = Base64.decode(String(lines[2])).flatMap({ Digest(bytes: $0) })
        else { return nil }
        return SignedCheckpoint(origin: String(lines[0]), count: count, root: root)
    }

    /// Which key signed, as the signed note format hashes it (algorithm 1 = Ed25519).
    private static func keyHash(_ name: String, _ key: NodeKey) -> [UInt8] {
        Array(Sha256.hash(Array("\(name)\n".utf8) + [1] + key.bytes).bytes.prefix(4))
    }
}
