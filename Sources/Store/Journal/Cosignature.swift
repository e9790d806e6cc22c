import Genome
import Wire

/// A peer's word that it has seen a checkpoint and that it follows from all it saw of that log
/// before: a line of C2SP `tlog-cosignature`, version 1 (Ed25519), behind the log's own signature.
///
/// Signed with the witness's node key, under the name of its own journal; what is signed begins
/// unlike anything else that the key signs.
public struct Cosignature: Equatable, Sendable {
    /// Number of bytes behind the key's hash: time and signature.
    private static let byteCount = 8 + Signature.byteCount

    /// Who says so.
    public let witness: NodeKey
    /// Seconds since 1970.
    public let time: UInt64
    /// The whole line, without its end.
    public let line: String

    /// The word of `key` on a checkpoint.
    public init(of checkpoint: SignedCheckpoint, at time: UInt64, by key: SigningKey) {
        witness = key.publicKey
        self.time = time
        let signature = key.sign(Self.message(checkpoint.text, time)).bytes
        var writer = Writer()
        writer.write(time)
        let bytes = Self.keyHash(witness) + writer.bytes + signature
        line = "\u{2014} \(Self.name(witness)) \(Base64.encode(bytes))"
    }

    /// The word in a line, if it is one on the text of a checkpoint by the node it names.
    public init?(_ line: Substring, on text: String) {
        guard let (name, bytes) = SignedCheckpoint.signature(line),
            let key = SignedCheckpoint.key(of: String(name)), name == Self.name(key),
            bytes.count == 4 + Self.byteCount, bytes.starts(with: Self.keyHash(key)),
            let signature = Signature(bytes: Array(bytes.suffix(Signature.byteCount)))
        else { return nil }
        let time = bytes[4..<12].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard signature.isValid(over: Self.message(text, time), by: key) else { return nil }
        witness = key
        self.time = time
        self.line = String(line)
    }

    /// The words of witnesses in a note; what is none is passed over.
    public static func all(in note: String) -> [Cosignature] {
        guard let parts = SignedCheckpoint.split(note) else { return [] }
        return parts.signatures.compactMap { Cosignature($0, on: parts.text) }
    }

    private static func name(_ key: NodeKey) -> String { SignedCheckpoint.origin(key) }

    private static func message(_ text: String, _ time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    }

    /// Algorithm 4 is the timestamped cosignature.
    private static func keyHash(_ key: NodeKey) -> [UInt8] {
        Array(Sha256.hash(Array("\(name(key))\n".utf8) + [4] + key.bytes).bytes.prefix(4))
    }
}
