import Genome
import Wire

/// Proof that an entry is in a log, in one small text that is checked with no node and no network:
/// C2SP `tlog-proof`, version 1. The line for extra data holds the entry itself.
public struct LogProof: Equatable, Sendable {
    /// Longest proof in bytes: an entry in base64, its path and its checkpoint.
    public static let bytesMax = 128 << 10

    private static let head = "c2sp.org/tlog-proof@v1"

    /// The entry.
    public let entry: [UInt8]
    /// Its place in the log, from 0.
    public let index: UInt64
    /// The path to the root.
    public let path: [Digest]
    /// The log's checkpoint with the words of its witnesses.
    public let note: String

    /// A proof of known parts.
    init(entry: [UInt8], index: UInt64, path: [Digest], note: String) {
        self.entry = entry
        self.index = index
        self.path = path
        self.note = note
    }

    /// The text.
    public var text: String {
        var lines = [Self.head, "extra \(Base64.encode(entry))", "index \(index)"]
        lines += path.map { Base64.encode($0.bytes) }
        return lines.joined(separator: "\n") + "\n\n" + note
    }

    /// Reads a proof; nil for what is none. Nothing is checked yet.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, let gap = text.firstRange(of: "\n\n") else {
            return nil
        }
        let lines = text[..<gap.lowerBound].split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.count - 3 <= MerkleProof.hashesMax, lines[0] == Self.head,
            lines[1].hasPrefix("extra "), lines[2].hasPrefix("index "),
            let entry = Base64.decode(String(lines[1].dropFirst(6))),
            let index = UInt64(lines[2].dropFirst(6)), String(index) == lines[2].dropFirst(6)
        else { return nil }
        var path: [Digest] = []
        for line in lines.dropFirst(3) {
            guard let hash = Base64.decode(String(line)).flatMap({ Digest(bytes: $0) }) else {
                return nil
            }
            path.append(hash)
        }
        self.init(entry: entry, index: index, path: path, note: String(text[gap.upperBound...]))
    }

    /// What a proof that holds says.
    public struct Finding: Equatable, Sendable {
        /// The node whose log it is.
        public let node: NodeKey
        /// The event.
        public let event: JournalEvent
        /// The log as far as it was signed.
        public let checkpoint: SignedCheckpoint
        /// Who saw that checkpoint too.
        public let witnesses: [Cosignature]
    }

    /// Why a proof does not hold.
    public enum Fault: Error, Equatable, Sendable {
        /// The log's name names no node, or its signature is not that node's.
        case notSigned
        /// The path does not lead from the entry to the signed root.
        case notIncluded
        /// The entry is none of a journal.
        case notAnEvent
    }

    /// Checks everything; nothing but the proof is needed.
    public func check() throws(Fault) -> Finding {
        guard let (key, checkpoint) = SignedCheckpoint.signed(note) else { throw .notSigned }
        let isIncluded = MerkleProof.isIncluded(
            MerkleLog.leafHash(entry), at: index, in: checkpoint.count, root: checkpoint.root,
            path: path)
        guard isIncluded else { throw .notIncluded }
        guard let event = JournalEvent(bytes: entry), event.sequence == index + 1 else {
            throw .notAnEvent
        }
        return Finding(
            node: key, event: event, checkpoint: checkpoint,
            witnesses: Cosignature.all(in: note).filter { $0.witness != key })
    }
}
