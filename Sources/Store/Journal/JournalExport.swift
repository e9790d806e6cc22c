import Host
import Wire

/// A journal in a folder that others can check with no node: C2SP `tlog-tiles`. `checkpoint` is
/// the signed end with the words of witnesses, `tile/L/N` the tree, `tile/entries/N` the entries,
/// 256 to a file, each behind its length as 16 big-endian bits. `access/N.log` are the closed
/// segments of the access log, whose roots are entries; the salts that tell who asked stay here.
public struct JournalExport: Equatable, Sendable {
    /// The node whose journal it is.
    public let node: NodeKey
    /// What was signed.
    public let checkpoint: SignedCheckpoint
    /// Who saw that checkpoint too.
    public let witnesses: [Cosignature]
    /// Closed segments of the access log that the journal names; those in the folder are as it
    /// says.
    public let access: AccessCoverage

    /// Most bytes of a file of entries: 256 of the longest.
    private static let bundleBytesMax = MerkleLog.tileWidth * (JournalEvent.bytesMax + 2)

    private static func bundle(_ index: UInt64, _ count: Int) -> String {
        let name = "tile/entries/\(JournalTiles.name(of: index))"
        return count == MerkleLog.tileWidth ? name : "\(name).p/\(count)"
    }

    // MARK: Writing

    /// Writes the journal of a home, as far as `note` is signed, into a folder that does not exist
    /// yet. It appears with its last byte. Another process may have the home open.
    public static func write(
        _ layout: Layout, note: String, to folder: String
    ) throws(StoreError) -> JournalExport {
        guard !Directory.exists(folder) else { throw .occupied(path: folder) }
        let draft = "\(folder).\(Hexadecimal.encode(Sodium.random(count: 6))).new"
        do throws(StoreError) {
            let closed = try writeTree(layout, note, to: draft)
            for segment in closed {
                let name = AccessSegment.path(segment, layout, "log")
                guard let bytes = try DurableFile.read(name, limit: AccessLog.fileBytesMax)
                else { continue }
                try put(bytes, "access/\(AccessSegment.name(segment, "log"))", draft)
            }
            let export = try check(draft)
            try onDisk { () throws(SystemError) in try Directory.renameNew(draft, to: folder) }
            return export
        } catch {
            try? Directory.removeTree(draft)
            throw error
        }
    }

    /// Writes checkpoint, entries and tiles; the segments of the access log that entries name.
    private static func writeTree(
        _ layout: Layout, _ note: String, to folder: String
    ) throws(StoreError) -> [UInt64] {
        guard let (_, end) = SignedCheckpoint.signed(note) else {
            throw .damaged("the journal's checkpoint (not signed by the node that it names)")
        }
        var log = MerkleLog()
        var bundle: [UInt8] = []
        var closed: [UInt64] = []
        func flush(_ count: Int) throws(StoreError) {
            guard count > 0 else { return }
            let index = (log.count - 1) / UInt64(MerkleLog.tileWidth)
            try put(bundle, Self.bundle(index, count), folder)
            bundle = []
        }
        // Entries may be added meanwhile; what the checkpoint covers is what is written.
        try JournalSegments.readAll(layout.journal) { entry throws(StoreError) in
            guard log.count < end.count else { return }
            for tile in log.append(entry) { try put(tile, folder) }
            bundle += JournalSegments.framed(entry)
            if case .access(let segment, _, _)? = JournalEvent(bytes: entry)?.change {
                closed.append(segment)
            }
            if log.count % UInt64(MerkleLog.tileWidth) == 0 { try flush(MerkleLog.tileWidth) }
        }
        try flush(Int(log.count % UInt64(MerkleLog.tileWidth)))
        for tile in log.partialTiles { try put(tile, folder) }
        try put(Array(note.utf8), "checkpoint", folder)
        return closed
    }

    private static func put(_ tile: MerkleLog.Tile, _ folder: String) throws(StoreError) {
        try put(tile.hashes.flatMap(\.bytes), JournalTiles.name(of: tile), folder)
    }

    private static func put(
        _ bytes: [UInt8], _ name: String, _ folder: String
    ) throws(StoreError) {
        let path = "\(folder)/\(name)"
        try onDisk(bytes: UInt64(bytes.count)) { () throws(SystemError) in
            try Directory.create(Layout.folder(of: path), mode: 0o755)
            let file = try File(path, .createNew, mode: 0o644)
            try file.write(bytes, offset: 0)
            try file.sync()
        }
    }

    // MARK: Checking

    /// Reads such a folder and checks all of it: the node's signature, every entry, every tile and
    /// every segment of the access log. Nothing but the folder is needed.
    public static func check(_ folder: String) throws(StoreError) -> JournalExport {
        let path = "\(folder)/checkpoint"
        let limit = SignedCheckpoint.bytesMax
        guard let bytes = try DurableFile.read(path, limit: limit) else { throw .missing(path) }
        let note = String(decoding: bytes, as: UTF8.self)
        guard let (key, end) = SignedCheckpoint.signed(note) else {
            throw .damaged("\(path) (not signed by the node that it names)")
        }
        var log = MerkleLog()
        var access = AccessCoverage()
        while log.count < end.count {
            let index = log.count / UInt64(MerkleLog.tileWidth)
            let count = Int(min(UInt64(MerkleLog.tileWidth), end.count - log.count))
            for entry in try entries("\(folder)/\(bundle(index, count))", count) {
                for tile in log.append(entry) { try check(tile, folder) }
                guard let event = JournalEvent(bytes: entry), event.sequence == log.count else {
                    throw .damaged("\(folder) (entry \(log.count) is none of a journal)")
                }
                guard case .access(let segment, let count, let root)? = event.change else {
                    continue
                }
                let path = "\(folder)/access/\(AccessSegment.name(segment, "log"))"
                let isSound = try access.take(segment: segment, count: count, root: root) {
                    () throws(StoreError) in
                    try DurableFile.read(path, limit: AccessLog.fileBytesMax)
                }
                guard isSound else {
                    throw .damaged("\(path) (other entries than the journal names)")
                }
            }
        }
        guard log.root == end.root else {
            throw .damaged("\(folder) (its signed checkpoint has other entries)")
        }
        for tile in log.partialTiles { try check(tile, folder) }
        access.note(files: try names("\(folder)/access"))
        return JournalExport(
            node: key, checkpoint: end,
            witnesses: Cosignature.all(in: note).filter { $0.witness != key },
            access: access)
    }

    private static func names(_ folder: String) throws(StoreError) -> [String] {
        guard Directory.exists(folder) else { return [] }
        return try onDisk { () throws(SystemError) in try Directory.list(folder).map(\.name) }
    }

    private static func entries(_ path: String, _ count: Int) throws(StoreError) -> [[UInt8]] {
        guard let bytes = try DurableFile.read(path, limit: bundleBytesMax) else {
            throw .missing(path)
        }
        var entries: [[UInt8]] = []
        var position = 0
        while let entry = JournalSegments.entry(in: bytes, at: position) {
            entries.append(entry)
            position += 2 + entry.count
        }
        guard position == bytes.count, entries.count == count else { throw .damaged(path) }
        return entries
    }

    private static func check(_ tile: MerkleLog.Tile, _ folder: String) throws(StoreError) {
        let path = "\(folder)/\(JournalTiles.name(of: tile))"
        let bytes = try DurableFile.read(path, limit: MerkleLog.tileWidth * 32)
        guard bytes == tile.hashes.flatMap(\.bytes) else {
            throw .damaged("\(path) (not what the entries say)")
        }
    }
}
