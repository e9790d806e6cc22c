import Wire

/// Examples in the order of their files, with what a recipe and a person should know of them.
public struct TrainingData: Sendable {
    /// One example and whether it must stand in a row of its own.
    public struct Entry: Equatable, Sendable {
        /// The tokens and labels.
        public let example: TrainingExample
        /// Whether it is never packed with others: records of tokens are used as they are.
        public let isAlone: Bool
        /// The record it comes from.
        public let place: DataPlace

        /// An entry.
        public init(_ example: TrainingExample, isAlone: Bool, place: DataPlace) {
            self.example = example
            self.isAlone = isAlone
            self.place = place
        }
    }

    /// What is learned from.
    public let training: [Entry]
    /// What was set aside.
    public let evaluation: [Entry]
    /// What a person should know.
    public let notes: [DataNote]
    /// BLAKE3-256 of the chat template that conversations among the records were written by; nil
    /// if there were none.
    public internal(set) var template: Digest?

    /// The name of the examples that are learned from: two sets with the same one give the same
    /// training under the same settings.
    public var digest: Digest { Self.digest(of: training) }

    /// With P the bytes `plasmid-examples-v1`: an example is BLAKE3(P 00 alone count tokens
    /// labels), with one byte alone, a count of 4 bytes and numbers of 4 bytes each, big-endian;
    /// the whole is BLAKE3(P 01 examples).
    static func digest(of entries: [Entry]) -> Digest {
        let prefix = Array("plasmid-examples-v1".utf8)
        var list = Writer()
        list.write(prefix + [1])
        for entry in entries {
            var leaf = Writer()
            leaf.write(prefix + [0, entry.isAlone ? 1 : 0])
            leaf.write(UInt32(entry.example.tokens.count))
            for token in entry.example.tokens { leaf.write(UInt32(bitPattern: token)) }
            for label in entry.example.labels { leaf.write(UInt32(bitPattern: label)) }
            list.write(Blake3.hash(leaf.bytes))
        }
        return Blake3.hash(list.bytes)
    }
}
