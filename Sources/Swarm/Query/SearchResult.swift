import Wire

/// Number of a search that others are asked, chosen by the shell.
public typealias SearchNumber = UInt64

/// What came of asking other nodes for layers.
public struct SearchResult: Sendable {
    /// How a node answered.
    public enum Answer: Equatable, Sendable {
        /// With so many layers that answer.
        case found(Int)
        /// Not: it says no more than that.
        case refused
        /// Nothing came in time.
        case silent
        /// With something that is wrong, in words; nothing of it counts.
        case wrong(String)
    }

    /// A node that was asked.
    public struct Asked: Equatable, Sendable {
        /// Its key.
        public let node: NodeKey
        /// How it answered.
        public let answer: Answer
        /// Layers that others told of and that it ought to have told of as well.
        public let lacking: Int
    }

    /// Records of layers that answer, their signatures checked; each once.
    public let records: [Record]
    /// Who was asked.
    public let asked: [Asked]
    /// In how many parts of the network they are; all that are near count as one.
    public let groups: Int
    /// Everything down to this place in the order of records was looked at by each that answered;
    /// 0 means all.
    public let reached: UInt64

    /// What came of asking.
    public init(records: [Record], asked: [Asked], groups: Int, reached: UInt64) {
        self.records = records
        self.asked = asked
        self.groups = groups
        self.reached = reached
    }

    /// Nobody was asked.
    public static let nobody = SearchResult(records: [], asked: [], groups: 0, reached: 0)
}

/// Records that answer a peer's question, as the catalogue gives them.
public struct FoundRecords: Sendable {
    /// Where the search stopped in the order of records; 0 for its end.
    public let reached: UInt64
    /// The records, for everyone, newest first, then what belongs to them.
    public let records: [[UInt8]]

    /// What was found.
    public init(reached: UInt64, records: [[UInt8]]) {
        (self.reached, self.records) = (reached, records)
    }
}
