import Wire

/// How it stands with a layer that a mirror follows, as owners see it.
public enum CopyState: Equatable, Sendable {
    /// It is kept here.
    case kept
    /// It is on its way here.
    case taking
    /// Enough others keep it.
    case leftToOthers
    /// It is not kept here yet.
    case waiting(Reason)

    /// Why a copy is not taken.
    public enum Reason: Equatable, Sendable {
        /// Others come first in the order; they have their turn.
        case others
        /// The publisher wants new versions taken by hand.
        case hand
        /// The publisher wants new versions taken several at a time.
        case batch
        /// As many are being taken as are at a time.
        case turn
        /// There is no room for so many bytes.
        case room
        /// The node has not yet heard who holds what.
        case catalogue
        /// Somebody does not allow it.
        case refused(String)
        /// It was tried, and failed.
        case failed(String)

        /// In words, for owners.
        public var words: String {
            switch self {
            case .others: "others come before this node"
            case .hand: "its publisher wants it taken by hand: plasmid mirror LAYER --take"
            case .batch: "its publisher wants several taken at a time"
            case .turn: "others are being taken"
            case .room: "no room: see plasmid quota"
            case .catalogue: "the catalogue is not here yet"
            case .refused(let reason): reason
            case .failed(let reason): reason
            }
        }
    }

    /// Its name in JSON.
    public var name: String {
        switch self {
        case .kept: "kept"
        case .taking: "taking"
        case .leftToOthers: "leftToOthers"
        case .waiting: "waiting"
        }
    }

    /// Why it waits, in words; nil where it does not.
    public var words: String? {
        if case .waiting(let reason) = self { reason.words } else { nil }
    }
}

/// What becomes of a copy.
enum CopyDecision: Equatable {
    /// It stays as it is.
    case none(CopyState)
    /// This node should take it now, but for what bounds all of them together.
    case take(LayerPaceGate)
    /// This node lets it go to what is only cached.
    case release(String)

    /// What a copy that is wanted still waits for.
    enum LayerPaceGate: Equatable {
        /// Nothing.
        case open
        /// Others of its kind.
        case batch
    }
}
