import Genome
import Wire

/// A signed statement of how long the journal is and what its root is: a C2SP checkpoint in a
/// C2SP signed note, so that other programs can check it.
public struct SignedCheckpoint: Equatable, Sendable {
    /// Number of entries.
    public let count: UInt64
    /// Root of the tree over them.
    public let root: Digest

    /// The name of a node's journal.
    static func origin(_ key: NodeKey) -> String { "plasmid/\(key.base32)" }

    /// The note with the node's signature.
    func sign(with key: SigningKey) -> String {
        let origin = Self.origin(key.publicKey)
        let text = "\(origin)\n\(count)\n\(Base64.encode(root.bytes))\n"
        let signature = key.sign(Array(text.utf8)).bytes
        let line = Base64.encode(Self.keyHash(key.publicKey) + signature)
        return "\(text)\n\u{2014} \(origin) \(line)\n"
    }

    /// The checkpoint of a note that `key` signed; nil for anything else.
    init?(note: String, key: NodeKey) {
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[3].isEmpty, lines[5].isEmpty,
            lines[0] == Self.origin(key), let count = UInt64(lines[1]),
            String(count) == lines[1],
            let root = Base64.decode(String(lines[2])).flatMap({ Digest(bytes: $0) })
        else { return nil }
        let head = "\u{2014} \(Self.origin(key)) "
        guard lines[4].hasPrefix(head),
            let bytes = Base64.decode(String(lines[4].dropFirst(head.count))),
            bytes.starts(with: Self.keyHash(key)),
            let signature = Signature(bytes: Array(bytes.dropFirst(4)))
        else { return nil }
        let text = lines[0..<3].joined(separator: "\n") + "\n"
        guard signature.isValid(over: Array(text.utf8), by: key) else { return nil }
        self.init(count: count, root: root)
    }

    /// A checkpoint of known parts.
    public init(count: UInt64, root: Digest) {
        self.count = count
        self.root = root
    }

    /// Which key signed, as the signed note format hashes it (algorithm 1 = Ed25519).
    private static func keyHash(_ key: NodeKey) -> [UInt8] {
        let name = Array("\(origin(key))\n".utf8)
        return Array(Sha256.hash(name + [1] + key.bytes).bytes.prefix(4))
    }
}
