import Genome
import Host
import Wire

/// What lies beside an exported layer, so that anyone can check it with no node and no network:
/// `FOLDER.layer.json`, the manifest as its publisher signed it, and `FOLDER.tlog-proof`, that the
/// layer is in the journal of the node that wrote it.
public struct ExportProof: Sendable {
    /// The signed manifest, canonical.
    public let envelope: [UInt8]
    /// That the layer is in a journal.
    public let proof: LogProof

    /// Of known parts, such as those that a node answered with.
    public init(envelope: [UInt8], proof: LogProof) {
        self.envelope = envelope
        self.proof = proof
    }

    /// The ending of the signed manifest's file.
    public static let envelopeEnding = ".layer.json"
    /// The ending of the proof's file.
    public static let proofEnding = ".tlog-proof"

    /// What a proof that holds says.
    public struct Finding: Sendable {
        /// The layer.
        public let manifest: Manifest
        /// The node, its entry and who saw the log.
        public let log: LogProof.Finding
        /// Files of the folder that are what the manifest says.
        public let files: Int
        /// Paths of evidence that is not in the folder.
        public let absent: [String]
        /// Paths in the folder that the manifest does not list: the first hundred.
        public let unlisted: [String]
        /// How many there are.
        public let unlistedCount: Int
    }

    /// Writes both files beside a folder. A file of another kind that is there stays, and is named
    /// in the error.
    public func write(beside folder: String) throws(StoreError) {
        let paths = (folder + Self.envelopeEnding, folder + Self.proofEnding)
        if let bytes = try DurableFile.read(paths.0, limit: Self.envelopeMax),
            (try? Envelope.decode(bytes, payloadMax: ManifestSchema.bytesMax)) == nil
        {
            throw .occupied(path: paths.0)
        }
        if let bytes = try DurableFile.read(paths.1, limit: LogProof.bytesMax),
            LogProof(String(decoding: bytes, as: UTF8.self)) == nil
        {
            throw .occupied(path: paths.1)
        }
        try DurableFile.write(envelope, to: paths.0, mode: 0o644)
        try DurableFile.write(Array(proof.text.utf8), to: paths.1, mode: 0o644)
    }

    /// Manifest in base64 and its signatures.
    private static let envelopeMax = 2 * ManifestSchema.bytesMax

    /// Reads both files beside a folder.
    public static func read(beside folder: String) throws(StoreError) -> ExportProof {
        let paths = (folder + envelopeEnding, folder + proofEnding)
        guard let text = try DurableFile.read(paths.1, limit: LogProof.bytesMax) else {
            throw .missing(paths.1)
        }
        guard let proof = LogProof(String(decoding: text, as: UTF8.self)) else {
            throw .damaged("\(paths.1) (no proof can be read in it)")
        }
        guard let envelope = try DurableFile.read(paths.0, limit: envelopeMax) else {
            throw .missing(paths.0)
        }
        return ExportProof(envelope: envelope, proof: proof)
    }

    /// Checks everything: the publisher's signature, the node's log, and every file of `folder`.
    /// Files that the manifest does not list are no damage of those that it lists: they are named.
    public func check(_ folder: String) throws(StoreError) -> Finding {
        let finding = try Self.finding(proof, in: folder + Self.proofEnding)
        guard let signed = try? Envelope.decode(envelope, payloadMax: ManifestSchema.bytesMax),
            let manifest = try? Manifest.verified(in: signed)
        else {
            throw .damaged("\(folder + Self.envelopeEnding) (not signed by its publisher)")
        }
        switch finding.event.change {
        case .share(manifest.layer, _), .fetch(manifest.layer, _): break
        default:
            throw .damaged("\(folder + Self.proofEnding) (its entry is about something else)")
        }
        var found = 0
        var absent: [String] = []
        for file in manifest.files {
            let path = "\(folder)/\(file.path)"
            guard Directory.exists(path) else {
                guard file.isEvidence else { throw .missing(path) }
                absent.append(file.path.text)
                continue
            }
            let id = try onDisk { () throws(SystemError) in try FileDigest.compute(path) }
            guard id == file.blob else {
                throw .damaged("\(path) (it has other bytes than were signed)")
            }
            found += 1
        }
        let unlisted = try UnlistedFiles(folder, listed: manifest.files)
        return Finding(
            manifest: manifest, log: finding, files: found, absent: absent,
            unlisted: unlisted.named, unlistedCount: unlisted.count)
    }

    /// What a proof in a file says, if it holds.
    public static func finding(
        _ proof: LogProof, in path: String
    ) throws(StoreError) -> LogProof.Finding {
        do {
            return try proof.check()
        } catch {
            throw .damaged("\(path) (\(clause(error)))")
        }
    }

    private static func clause(_ fault: LogProof.Fault) -> String {
        switch fault {
        case .notSigned: "the log is not signed by the node that it names"
        case .notIncluded: "the signed log has no such entry"
        case .notAnEvent: "the entry is none of a journal"
        }
    }
}
