import Genome
import Wire

/// Number of a round of challenges that somebody waits for, chosen by the shell.
public typealias RoundNumber = UInt64

/// What the owner wants to have shown.
public struct ChallengeWish: Equatable, Sendable {
    /// The layer, for copies that everyone may have.
    public let layer: Digest
    /// Contracts over its sealed form; where there are any, these are meant.
    public let contracts: [Digest]
    /// Steps of each chain.
    public let steps: Int

    /// A wish.
    public init(layer: Digest, contracts: [Digest], steps: Int) {
        self.layer = layer
        self.contracts = contracts
        self.steps = steps
    }
}

/// How a round of challenges ended.
public struct ChallengeReport: Equatable, Sendable {
    /// How it ended with one holder.
    public enum End: Equatable, Sendable {
        /// A receipt says so.
        case verdict(StorageReceipt.Verdict)
        /// It is to be asked again after so many seconds; no failure.
        case later(seconds: UInt64)
        /// This node could not ask: its own disk was slow, or has read enough for this hour.
        case notAsked
        /// No session with it came about; no failure yet.
        case unreachable
        /// Its version answers no challenges.
        case unsupported

        /// Whether it is worth asking again.
        var isOpen: Bool {
            switch self {
            case .later, .notAsked, .unreachable: true
            case .verdict, .unsupported: false
            }
        }
    }

    /// One holder.
    public struct Row: Equatable, Sendable {
        /// Who was asked.
        public let mirror: NodeKey
        /// How it ended.
        public let end: End
        /// Steps and mode of its chain.
        public let steps: Int
        /// What its answer showed.
        public let mode: ChallengeTerms.Mode
        /// Microseconds that it took and might take; 0 where nothing came.
        public let elapsed: UInt32
        /// Microseconds that it might take.
        public let allowed: UInt32
    }

    /// The blob that was asked for; nil where there was none to choose.
    public let blob: BlobReference?
    /// Days since 1970.
    public let epoch: UInt64
    /// All that were asked.
    public let rows: [Row]
}
