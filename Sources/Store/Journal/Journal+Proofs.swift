import Host
import Wire

/// What others can check of the journal.
extension Journal {
    /// What is wrong with the journal as it lies on the disk: its entries are read once more, the
    /// tree is made anew, and both are held against the tree in memory, the signed checkpoint and
    /// the tiles. Nil when all agree.
    public func fault() throws(StoreError) -> String? {
        let signed = try Self.readCheckpoint(layout, key: key.publicKey)
        return try state.withLock { state throws(StoreError) in
            var log = MerkleLog()
            var rootAtCheckpoint: Digest? = signed?.count == 0 ? log.root : nil
            var tiles: [MerkleLog.Tile] = []
            try state.segments.readAll { entry throws(StoreError) in
                tiles += log.append(entry)
                if log.count == signed?.count { rootAtCheckpoint = log.root }
            }
            guard log.count == state.log.count, log.root == state.log.root else {
                return "its entries are not those that were written"
            }
            if let signed, rootAtCheckpoint != signed.root {
                return "its signed checkpoint has other entries"
            }
            for tile in tiles where !(try JournalTiles.isSound(tile, layout)) {
                return "tile \(tile.level)/\(tile.index) is not what its entries say"
            }
            return nil
        }
    }

    /// The checkpoint that was signed last, as the note it is.
    public func signedNote() throws(StoreError) -> String {
        try checkpoint()
        guard let note = try Self.readNote("\(layout.journal)/checkpoint") else {
            throw .damaged("\(layout.journal)/checkpoint (it is gone)")
        }
        return note
    }

    private var witnessedPath: String { "\(layout.journal)/witnessed" }

    /// The last checkpoint that witnesses put their names under; nil while none did.
    public func witnessedNote() throws(StoreError) -> String? {
        try Self.readNote(witnessedPath)
    }

    /// The newest signed checkpoint, with the words of witnesses where they were about this one.
    public func newestNote() throws(StoreError) -> String {
        let signed = try signedNote()
        guard let witnessed = try witnessedNote(),
            SignedCheckpoint.split(witnessed)?.text == SignedCheckpoint.split(signed)?.text
        else { return signed }
        return witnessed
    }

    /// The number of the entry by which a layer was shared or fetched last; nil if there is none.
    public func sequence(of layer: Digest) throws(StoreError) -> UInt64? {
        try event(of: layer)?.sequence
    }

    private func event(of layer: Digest) throws(StoreError) -> JournalEvent? {
        try replay(after: 0).last { event in
            switch event.change {
            case .share(layer, _), .fetch(layer, _): true
            default: false
            }
        }
    }

    /// Proof that the entry with a number is in the log: under the last checkpoint that witnesses
    /// saw, if it reaches so far, else under one that is signed now.
    public func proof(of sequence: UInt64) throws(StoreError) -> LogProof {
        guard sequence > 0, sequence <= count else {
            throw .missing("entry \(sequence) of the journal")
        }
        return try proof(of: sequence, try entry(sequence))
    }

    /// Proof of the entry by which a layer was shared or fetched last, out of one pass through the
    /// journal; nil if there is none.
    public func proof(ofLayer layer: Digest) throws(StoreError) -> LogProof? {
        guard let event = try event(of: layer) else { return nil }
        return try proof(of: event.sequence, event.bytes)
    }

    private func proof(of sequence: UInt64, _ entry: [UInt8]) throws(StoreError) -> LogProof {
        var note = try signedNote()
        if let witnessed = try witnessedNote(),
            let checkpoint = SignedCheckpoint(note: witnessed, key: key.publicKey),
            checkpoint.count >= sequence
        {
            note = witnessed
        }
        guard let checkpoint = SignedCheckpoint(note: note, key: key.publicKey) else {
            throw .damaged("\(layout.journal)/checkpoint (not signed by this node)")
        }
        let log = state.withLock { $0.log }
        var reader = TileReader(layout, log)
        let path = try MerkleProof.inclusion(of: sequence - 1, in: checkpoint.count) {
            (level, index) throws(StoreError) in try reader.subtree(level, index)
        }
        let isSound = MerkleProof.isIncluded(
            MerkleLog.leafHash(entry), at: sequence - 1, in: checkpoint.count,
            root: checkpoint.root, path: path)
        guard isSound else {
            throw .damaged("the journal in \(layout.journal) (its tiles make no proof)")
        }
        return LogProof(entry: entry, index: sequence - 1, path: path, note: note)
    }

    /// What to show to a witness that has seen `known` entries: the end as it is signed now, and
    /// the proof that it follows. Nil where there is nothing new to see.
    public func offer(known: UInt64) throws(StoreError) -> CheckpointOffer? {
        let note = try signedNote()
        guard let (_, end) = SignedCheckpoint.signed(note), end.count != known else { return nil }
        let proof = known == 0 ? [] : try consistency(from: known, to: end.count)
        offered.withLock { notes in
            notes = notes.filter { $0 != note }.suffix(Self.offeredMax - 1) + [note]
        }
        return CheckpointOffer(known: known, proof: proof, note: Array(note.utf8))
    }

    /// Offers whose answers are waited for: more than one an hour to each of many witnesses.
    private static let offeredMax = 64

    private func witnessable() throws(StoreError) -> [String] {
        let notes = [try Self.readNote("\(layout.journal)/checkpoint"), try witnessedNote()]
        return offered.withLock { $0 }.reversed() + notes.compactMap { $0 }
    }

    /// Takes a witness's line on a checkpoint that was offered, the newest signed one or the one
    /// that was witnessed last; whether it was one, and new.
    public func take(witness line: String) throws(StoreError) -> Bool {
        for note in try witnessable() {
            guard let text = SignedCheckpoint.split(note)?.text,
                let word = Cosignature(line[...], on: text), word.witness != key.publicKey
            else { continue }
            return try put(word, under: note, of: text)
        }
        return false
    }

    /// Puts the word of a witness under a note, unless another one that reaches further has words.
    private func put(
        _ word: Cosignature, under note: String, of text: String
    ) throws(StoreError) -> Bool {
        let standing = try witnessedNote()
        let reached = standing.flatMap { SignedCheckpoint.signed($0)?.checkpoint.count } ?? 0
        guard let count = SignedCheckpoint.signed(note)?.checkpoint.count, count >= reached else {
            return false
        }
        let isSame = standing.flatMap { SignedCheckpoint.split($0) }?.text == text
        let base = isSame ? standing ?? note : note
        let known = Cosignature.all(in: base)
        guard known.count < SignedCheckpoint.signaturesMax - 1,
            !known.contains(where: { $0.witness == word.witness })
        else { return false }
        try DurableFile.write(Array("\(base)\(word.line)\n".utf8), to: witnessedPath)
        return true
    }

    /// Proof that the log as it was with `old` entries is the beginning of the one with `new`.
    public func consistency(
        from old: UInt64, to new: UInt64
    ) throws(StoreError) -> [Digest] {
        let log = state.withLock { $0.log }
        guard old <= new, new <= log.count else { throw .missing("entry \(new) of the journal") }
        var reader = TileReader(layout, log)
        return try MerkleProof.consistency(from: old, to: new) {
            (level, index) throws(StoreError) in try reader.subtree(level, index)
        }
    }

    private func entry(_ sequence: UInt64) throws(StoreError) -> [UInt8] {
        var found: [UInt8]?
        var number: UInt64 = 0
        try state.withLock { state throws(StoreError) in
            try state.segments.readAll { entry throws(StoreError) in
                number += 1
                if number == sequence { found = entry }
            }
        }
        guard let found else { throw .damaged("the journal in \(layout.journal)") }
        return found
    }
}
