import Genome
import Wire

/// Reads files of training data into examples, one file after the other.
public struct DataReader {
    private let encoder: RecordEncoder
    private let settings: DataSettings
    private let ends: Set<Int32>
    private var training: [TrainingData.Entry] = []
    private var evaluation: [TrainingData.Entry] = []
    private var notes: [DataNote.Kind: (count: Int, first: DataPlace)] = [:]
    private var tokensLeft = DataLimits.tokensMax
    private var recordsLeft = DataLimits.recordsMax
    private var bytesLeft: Int
    private let bytesMax: Int
    private var learnsEnd = false
    private var hasText = false
    private var hasChat = false

    /// A reader of data for a base.
    ///
    /// - Parameters:
    ///   - tokenizer: the base's, without which only records of tokens can be read.
    ///   - format: its chat template; that of the settings comes before it.
    ///   - vocabulary: how many tokens the model has.
    ///   - ends: the tokens that end an answer.
    ///   - bytesMax: most bytes of all files together.
    public init(
        tokenizer: Tokenizer?, format: ChatFormat?, vocabulary: Int, ends: Set<Int>,
        settings: DataSettings, bytesMax: Int = DataLimits.allBytesMax
    ) throws(LearnError) {
        try settings.check()
        self.bytesMax = bytesMax
        bytesLeft = bytesMax
        var format = format
        if let source = settings.template, let tokenizer {
            format = try ChatFormat(source: source, tokenizer)
        }
        var all = Set(ends.map { Int32(truncatingIfNeeded: $0) })
        // A model may stop at several tokens; a text ends with the one of its tokenizer.
        var end = tokenizer?.endID.map { Int32(truncatingIfNeeded: $0) }
        if let end { all.insert(end) } else if all.count == 1 { end = all.first }
        self.ends = all
        self.settings = settings
        encoder = RecordEncoder(
            tokenizer: tokenizer, format: format, vocabulary: vocabulary, end: end,
            settings: settings)
    }

    /// Reads a file.
    public mutating func read(_ file: DataFile) throws(LearnError) {
        guard file.blob.size <= bytesLeft else {
            throw .data(.tooMuch(what: "bytes", limit: bytesMax))
        }
        bytesLeft -= file.blob.size
        try file.forEachRecord(vocabulary: encoder.vocabulary) { record throws(LearnError) in
            try add(record)
        }
    }

    /// The examples of all files that were read.
    public func finish() throws(LearnError) -> TrainingData {
        guard !training.isEmpty else { throw .data(.nothingToLearn) }
        var found = DataNote.Kind.allCases.compactMap { kind in
            notes[kind].map { DataNote(kind, count: $0.count, first: $0.first) }
        }
        if hasText, !ends.isEmpty, !learnsEnd {
            found.append(DataNote(.endNotLearned, count: training.count, first: nil))
        }
        if settings.evaluationPart > 0, evaluation.isEmpty {
            found.append(DataNote(.nothingSetAside, count: 0, first: nil))
        }
        return TrainingData(
            training: training, evaluation: evaluation, notes: found,
            template: hasChat ? encoder.format?.digest : nil)
    }
}

extension DataReader {
    private mutating func note(_ kind: DataNote.Kind, _ place: DataPlace) {
        notes[kind] = (1 + (notes[kind]?.count ?? 0), notes[kind]?.first ?? place)
    }

    private mutating func add(_ record: DataRecord) throws(LearnError) {
        let place = record.place
        guard recordsLeft > 0 else {
            throw .data(.tooMuch(what: "records", limit: DataLimits.recordsMax))
        }
        recordsLeft -= 1
        let encoded: RecordEncoder.Encoded
        let pieces: [Range<Int>]
        do throws(RecordFault) {
            encoded = try encoder.encode(record.content)
            let example = TrainingExample(tokens: encoded.tokens, labels: encoded.labels)
            guard example.targets > 0 else { throw .noTarget }
            pieces = try cut(encoded)
        } catch {
            throw .data(.record(place, error))
        }
        guard encoded.tokens.count <= tokensLeft else {
            throw .data(.tooMuch(what: "tokens", limit: DataLimits.tokensMax))
        }
        tokensLeft -= encoded.tokens.count
        if !encoded.isExact { hasText = true }
        if case .chat = record.content { hasChat = true }
        if encoded.promptMerges { note(.promptMerges, place) }
        let kept = pieces.reduce(0) { $0 + $1.count }
        if pieces.isEmpty { note(.skipped, place) }
        if kept < encoded.tokens.count, !pieces.isEmpty { note(.truncated, place) }
        if pieces.count > 1 { note(.split, place) }
        var isLearned = false
        let isDocument = if case .document = record.content { true } else { false }
        for piece in pieces {
            let example = TrainingExample(
                tokens: Array(encoded.tokens[piece]), labels: Array(encoded.labels[piece]))
            guard example.targets > 0 else { continue }
            isLearned = true
            let entry = TrainingData.Entry(example, isAlone: encoded.isExact, place: place)
            let bytes = isDocument ? Self.bytes(of: example.tokens) : Array(record.bytes)
            if isSetAside(bytes) {
                evaluation.append(entry)
            } else {
                training.append(entry)
                let targets = example.labels.dropFirst()
                learnsEnd = learnsEnd || targets.contains { ends.contains($0) }
            }
        }
        if !isLearned, !pieces.isEmpty { note(.cutToNothing, place) }
    }

    /// Which ranges of a record's tokens become examples.
    private func cut(_ encoded: RecordEncoder.Encoded) throws(RecordFault) -> [Range<Int>] {
        let (count, limit) = (encoded.tokens.count, settings.sequenceLength)
        guard count > limit else { return [0..<count] }
        var long = settings.long
        if long == .automatic { long = encoded.isText ? .split : .refuse }
        if encoded.isExact, long != .skip { long = .refuse }
        switch long {
        case .automatic, .refuse:
            throw .tooLong(tokens: count, limit: limit, mayBeCut: !encoded.isExact)
        case .truncate: return [0..<limit]
        case .skip: return []
        case .split:
            return stride(from: 0, to: count, by: limit).map { $0..<min(count, $0 + limit) }
        }
    }

    /// Whether a record belongs to the part for evaluation: by its bytes and the seed alone, so
    /// that neither its place nor other records matter, and equal records stay together.
    /// Of BLAKE3(`plasmid-split-v1`, seed, bytes) the first 53 bits are read as a fraction.
    private func isSetAside(_ bytes: [UInt8]) -> Bool {
        guard settings.evaluationPart > 0 else { return false }
        var writer = Writer()
        writer.write(Array("plasmid-split-v1".utf8))
        writer.write(settings.seed)
        writer.write(bytes)
        let first = Blake3.hash(writer.bytes).bytes.prefix(8)
        let number = first.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(number >> 11) * 0x1p-53 < settings.evaluationPart
    }

    /// The pieces of a plain text file are set aside one by one: there is no other record.
    private static func bytes(of tokens: [Int32]) -> [UInt8] {
        var writer = Writer()
        for token in tokens { writer.write(UInt32(bitPattern: token)) }
        return writer.bytes
    }
}
