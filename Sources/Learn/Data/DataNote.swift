/// Something about training data that a person should know and that is no error: how many records
/// it concerns, and the first of them.
public struct DataNote: Hashable, Sendable, CustomStringConvertible {
    /// What was noticed.
    public enum Kind: String, CaseIterable, Sendable {
        /// The tokens of prompt and completion together do not begin with those of the prompt.
        case promptMerges
        /// The token for the end is never learned, so that answers may never end.
        case endNotLearned
        /// Records that were left out because they are too long.
        case skipped
        /// Records that were cut at the end.
        case truncated
        /// Records that were cut into several.
        case split
        /// Records that have nothing to learn after they were cut.
        case cutToNothing
        /// A split was asked for and no record fell into the part that is set aside.
        case nothingSetAside
    }

    /// What was noticed.
    public let kind: Kind
    /// How many records it concerns.
    public let count: Int
    /// The first of them.
    public let first: DataPlace?

    /// A note.
    public init(_ kind: Kind, count: Int, first: DataPlace?) {
        self.kind = kind
        self.count = count
        self.first = first
    }

    /// One sentence for a person.
    public var description: String {
        let records = count == 1 ? "1 record" : "\(count) records"
        let place = first.map { count == 1 ? " (\($0))" : " (first: \($0))" } ?? ""
        switch kind {
        case .promptMerges:
            return "\(records)\(place): the end of the prompt and the start of the completion "
                + "share a token, which is learned; begin completions with the space"
        case .endNotLearned:
            return "the token for the end is never learned, so answers may not end; mark it in the "
                + "chat template as generated"
        case .skipped: return "\(records)\(place) too long and left out"
        case .truncated: return "\(records)\(place) too long and cut at the end"
        case .split: return "\(records)\(place) too long and cut into pieces"
        case .cutToNothing:
            return "\(records)\(place) left out: nothing to learn is left after cutting"
        case .nothingSetAside:
            return "no record fell into the part for evaluation; set a larger part aside"
        }
    }
}
