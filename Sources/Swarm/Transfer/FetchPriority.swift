/// Which fetch goes first where several wait for the same peers.
public enum FetchPriority: UInt8, Comparable, Sendable, CaseIterable {
    /// When no other needs the line.
    case low = 0
    /// As people expect.
    case normal = 1
    /// Before the others.
    case high = 2

    /// The word of commands and documents.
    public var name: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        }
    }

    /// The priority of a word; nil for other words.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// Whether one gives way to the other.
    public static func < (one: FetchPriority, other: FetchPriority) -> Bool {
        one.rawValue < other.rawValue
    }
}

/// What its owner does with a fetch that is under way.
public enum FetchChange: Equatable, Sendable {
    /// Ask peers for nothing more until it is resumed; what was asked for comes in.
    case pause
    /// Go on.
    case resume
    /// Go before others, or after them.
    case prioritize(FetchPriority)
}
