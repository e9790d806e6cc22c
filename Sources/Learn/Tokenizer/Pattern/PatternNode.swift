/// What a pattern says, as a tree.
indirect enum PatternNode: Equatable, Sendable {
    /// How a repetition gives back what it took.
    enum Greed: Sendable {
        /// Takes all, gives back from the end.
        case greedy
        /// Takes as little as it can.
        case lazy
        /// Takes all and gives nothing back.
        case possessive
    }

    /// A place without width.
    enum Anchor: Int, Sendable {
        case textStart, textEnd, textEndOrLineEnd, lineStart, lineEnd, wordEdge, noWordEdge
    }

    /// Nothing.
    case empty
    /// One scalar of a set.
    case set(ScalarSet)
    /// All, one behind the other.
    case sequence([PatternNode])
    /// The first that leads to a match.
    case choice([PatternNode])
    /// So many times; no upper bound if `most` is nil.
    case repetition(PatternNode, least: Int, most: Int?, Greed)
    /// A place.
    case anchor(Anchor)
    /// Something that must, or must not, stand ahead.
    case ahead(PatternNode, isNegative: Bool)
    /// Something that must, or must not, stand behind.
    case behind(PatternNode, isNegative: Bool)
    /// A group that is not tried in another way once it matched.
    case atomic(PatternNode)

    /// The number of scalars of every match; nil if it varies.
    var width: Int? {
        switch self {
        case .empty, .anchor, .ahead, .behind: return 0
        case .set: return 1
        case .sequence(let nodes):
            var sum = 0
            for node in nodes {
                guard let width = node.width else { return nil }
                sum += width
            }
            return sum
        case .choice(let nodes):
            let widths = nodes.map(\.width)
            guard let first = widths.first, widths.allSatisfy({ $0 == first }) else { return nil }
            return first
        case .repetition(let node, let least, let most, _):
            guard let width = node.width, least == most else { return nil }
            return width.multipliedReportingOverflow(by: least).overflow ? nil : width * least
        case .atomic(let node): return node.width
        }
    }

    /// Whether it can match nothing.
    var mayBeEmpty: Bool {
        switch self {
        case .empty, .anchor, .ahead, .behind: true
        case .set: false
        case .sequence(let nodes): nodes.allSatisfy(\.mayBeEmpty)
        case .choice(let nodes): nodes.contains(where: \.mayBeEmpty)
        case .repetition(let node, let least, _, _): least == 0 || node.mayBeEmpty
        case .atomic(let node): node.mayBeEmpty
        }
    }
}
