import Genome
import Host
import Wire

/// The journals of other nodes as this node saw them last, so that none of them can show one
/// history here and another there: C2SP `tlog-witness`.
///
/// One small durable file for each log, beside the journal: a witness that forgets could be made to
/// put its name under two histories, so this is not the index, which may be deleted.
public final class WitnessBook: Sendable {
    /// Most logs that are followed: some 4 MiB, and more nodes than one meets in years.
    public static let logsMax = 4_096
    /// Most of them that are of nodes which the owner does not trust, so that strangers leave room.
    public static let strangersMax = 2_048
    /// Most logs of one node: each is begun where the one before was lost.
    public static let logsPerNodeMax = 8

    /// What became of an offer.
    public enum Outcome: Equatable, Sendable {
        /// It follows from what was known; the line that says so.
        case cosigned(count: UInt64, line: String)
        /// Something else is known than the offer began from: so many entries.
        case known(count: UInt64)
        /// It is not an honest offer, and why.
        case refused(String)
        /// There is no room for another log.
        case full
    }

    /// Two checkpoints that a node signed and that cannot both be of one log.
    public struct Fork: Equatable, Sendable {
        /// Who signed both.
        public let node: NodeKey
        /// The file that holds them, as proof for others.
        public let path: String
    }

    private let folder: String
    private let key: SigningKey
    private let lock = Lock(())

    /// The book of a home.
    public init(_ layout: Layout, key: SigningKey) {
        folder = layout.journals
        self.key = key
    }

    /// Looks at what `peer` offers of its own journal and, where it follows from all that was seen
    /// of it, keeps it and signs. `seconds` since 1970 goes into the signature.
    public func witness(
        _ offer: CheckpointOffer, of peer: NodeKey, isTrusted: Bool = true, at seconds: UInt64
    ) throws(StoreError) -> Outcome {
        let note = String(decoding: offer.note, as: UTF8.self)
        guard let (node, checkpoint) = SignedCheckpoint.signed(note), node == peer else {
            return .refused("the checkpoint is not the peer's own")
        }
        guard offer.known <= checkpoint.count else {
            return .refused("the checkpoint is older than what it was said to follow")
        }
        return try lock.withLock { _ throws(StoreError) in
            let path = path(checkpoint.origin)
            guard let seen = try read(path) else {
                guard offer.known == 0 else { return .known(count: 0) }
                guard try hasRoom(for: node, isTrusted: isTrusted) else { return .full }
                return try keep(checkpoint, note, path, seconds)
            }
            let (count, root) = (seen.checkpoint.count, seen.checkpoint.root)
            if count == checkpoint.count, root != checkpoint.root {
                let proof = Array("\(seen.note)\n\(note)".utf8)
                try DurableFile.write(proof, to: path + Self.forkEnding)
                return .refused("it signed two histories of \(count) entries")
            }
            guard count == offer.known else { return .known(count: count) }
            // Nothing new: its word stands already.
            guard count < checkpoint.count else { return .known(count: count) }
            let follows = MerkleProof.isConsistent(
                old: count, root: root, new: checkpoint.count, root: checkpoint.root,
                proof: offer.proof)
            guard follows else {
                return .refused("the log does not begin with what was seen of it")
            }
            return try keep(checkpoint, note, path, seconds)
        }
    }

    /// The logs that were seen.
    public func logs() throws(StoreError) -> [SignedCheckpoint] {
        var logs: [SignedCheckpoint] = []
        for path in try files({ !$0.hasSuffix(Self.forkEnding) }) {
            if let seen = try read(path) { logs.append(seen.checkpoint) }
        }
        return logs
    }

    /// Nodes that signed two histories, with the proof of it.
    public func forks() throws(StoreError) -> [Fork] {
        var forks: [Fork] = []
        for path in try files({ $0.hasSuffix(Self.forkEnding) }) {
            let bytes = try DurableFile.read(path, limit: 2 * SignedCheckpoint.bytesMax + 1) ?? []
            let origin = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
            guard let node = SignedCheckpoint.key(of: origin) else { continue }
            forks.append(Fork(node: node, path: path))
        }
        return forks
    }

    // MARK: Files

    private static let forkEnding = ".fork"

    /// `plasmid/KEY` and `plasmid/KEY/2` as names of files.
    private func path(_ origin: String) -> String {
        let parts = origin.split(separator: "/").dropFirst()
        return "\(folder)/\(parts.joined(separator: "."))"
    }

    private func files(_ isWanted: (String) -> Bool) throws(StoreError) -> [String] {
        guard Directory.exists(folder) else { return [] }
        let entries = try onDisk { () throws(SystemError) in try Directory.list(folder) }
        return entries.map(\.name).filter { !$0.hasSuffix(".new") && isWanted($0) }.sorted()
            .map { "\(folder)/\($0)" }
    }

    private func hasRoom(for node: NodeKey, isTrusted: Bool) throws(StoreError) -> Bool {
        let logs = try files { !$0.hasSuffix(Self.forkEnding) }
        let own = logs.filter { $0.hasPrefix("\(folder)/\(node.base32)") }
        let most = isTrusted ? Self.logsMax : Self.strangersMax
        return logs.count < most && own.count < Self.logsPerNodeMax
    }

    private func read(
        _ path: String
    ) throws(StoreError) -> (checkpoint: SignedCheckpoint, note: String)? {
        let limit = SignedCheckpoint.bytesMax
        guard let bytes = try DurableFile.read(path, limit: limit) else { return nil }
        let note = String(decoding: bytes, as: UTF8.self)
        guard let (_, checkpoint) = SignedCheckpoint.signed(note) else { throw .damaged(path) }
        return (checkpoint, note)
    }

    /// Kept first, signed then: a crash between the two costs a signature, never a second history.
    private func keep(
        _ checkpoint: SignedCheckpoint, _ note: String, _ path: String, _ seconds: UInt64
    ) throws(StoreError) -> Outcome {
        try onDisk { () throws(SystemError) in try Directory.create(folder) }
        try DurableFile.write(Array(note.utf8), to: path)
        let word = Cosignature(of: checkpoint, at: seconds, by: key)
        return .cosigned(count: checkpoint.count, line: word.line)
    }
}
