/// Which versions of a layer a dependency accepts: comparators that must all hold, and alternatives
/// of them behind `||`.
///
/// The language is the common part of what npm and Cargo read: `1.2.3` (that one), `<`, `<=`, `>`,
/// `>=`, `=` before a whole version, `^` and `~` before a whole one or its first numbers, the first
/// numbers alone, and `*` for any. No hyphen ranges and no `x`. As in npm, a version before a
/// release is only accepted where a comparator names one of the same three numbers.
public struct VersionRange: Sendable {
    /// Longest range in bytes.
    public static let bytesMax = 256

    /// Most alternatives: more say that versions should be named otherwise.
    public static let alternativesMax = 16

    /// Most comparators of one alternative: two bounds and a few versions between to leave out.
    public static let comparatorsMax = 8

    /// The text as it was written.
    public let text: String
    private let alternatives: [[Comparator]]

    private struct Comparator {
        enum Relation { case less, lessOrEqual, greater, greaterOrEqual, equal }

        let relation: Relation
        let version: SemanticVersion
        /// Whether a person wrote this version, so that its own prerelease counts as named.
        let isNamed: Bool

        init(_ relation: Relation, _ version: SemanticVersion, isNamed: Bool = true) {
            self.relation = relation
            self.version = version
            self.isNamed = isNamed
        }

        func accepts(_ other: SemanticVersion) -> Bool {
            switch relation {
            case .less: other < version
            case .lessOrEqual: other <= version
            case .greater: other > version
            case .greaterOrEqual: other >= version
            case .equal: other == version
            }
        }
    }

    /// The range of a text; nil if it is not one.
    public init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count) else { return nil }
        var alternatives: [[Comparator]] = []
        var words: [Substring] = []
        // A bar at the end leaves an empty alternative, which is none.
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        for word in parts + [Substring("||")] {
            if word == "||" {
                guard let comparators = Self.alternative(words) else { return nil }
                alternatives.append(comparators)
                words = []
            } else {
                words.append(word)
            }
        }
        guard alternatives.count <= Self.alternativesMax else { return nil }
        self.text = text
        self.alternatives = alternatives
    }

    /// Whether the range accepts a version.
    public func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { comparators in
            guard comparators.allSatisfy({ $0.accepts(version) }) else { return false }
            return !version.isPrerelease
                || comparators.contains { comparator in
                    comparator.isNamed && comparator.version.isPrerelease
                        && comparator.version.core == version.core
                }
        }
    }

    // MARK: Reading

    private static func alternative(_ words: [Substring]) -> [Comparator]? {
        if words == ["*"] { return [] }
        guard (1...comparatorsMax).contains(words.count) else { return nil }
        var comparators: [Comparator] = []
        for word in words {
            guard let read = comparator(word) else { return nil }
            comparators += read
        }
        return comparators.count <= 2 * comparatorsMax ? comparators : nil
    }

    private static func comparator(_ word: Substring) -> [Comparator]? {
        let operators: [(String, Comparator.Relation)] = [
            ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("<", .less), (">", .greater),
            ("=", .equal),
        ]
        for (sign, relation) in operators where word.hasPrefix(sign) {
            return SemanticVersion(String(word.dropFirst(sign.count))).map {
                [Comparator(relation, $0)]
            }
        }
        if word.hasPrefix("^") { return between(word.dropFirst(), caretPlace) }
        if word.hasPrefix("~") { return between(word.dropFirst(), tildePlace) }
        if let version = SemanticVersion(String(word)) { return [Comparator(.equal, version)] }
        return between(word, tildePlace)
    }

    /// From the version up to, and without, the first one that is higher at a place.
    private static func between(
        _ text: Substring, _ place: (_ numbers: [UInt64], _ given: Int) -> Int
    ) -> [Comparator]? {
        let low: SemanticVersion
        let given: Int
        if let version = SemanticVersion(String(text)) {
            (low, given) = (version, 3)
        } else {
            guard let numbers = partial(text) else { return nil }
            let core = numbers + [UInt64](repeating: 0, count: 3 - numbers.count)
            (low, given) = (SemanticVersion(core: core, isFirst: false), numbers.count)
        }
        var high = low.core
        let index = place(low.core, given)
        let (next, isOver) = high[index].addingReportingOverflow(1)
        // Nothing is higher than the largest number, so there is no upper bound.
        guard !isOver else { return [Comparator(.greaterOrEqual, low)] }
        high[index] = next
        for rest in high.indices where rest > index { high[rest] = 0 }
        return [
            Comparator(.greaterOrEqual, low),
            Comparator(.less, SemanticVersion(core: high, isFirst: true), isNamed: false),
        ]
    }

    /// `^` holds the first number that is not 0, of those that were given.
    private static func caretPlace(_ numbers: [UInt64], _ given: Int) -> Int {
        numbers.prefix(given).firstIndex { $0 != 0 } ?? given - 1
    }

    /// `~` holds major and minor number, or major alone where no more is given.
    private static func tildePlace(_: [UInt64], _ given: Int) -> Int { min(given - 1, 1) }

    /// One or two numbers.
    private static func partial(_ text: Substring) -> [UInt64]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        var numbers: [UInt64] = []
        for part in parts {
            let isPlain =
                part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                && (part.utf8.count == 1 || part.utf8.first != UInt8(ascii: "0"))
            guard isPlain, let number = UInt64(part) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}

extension VersionRange: Hashable, CustomStringConvertible {
    /// Equal when written alike.
    public static func == (left: VersionRange, right: VersionRange) -> Bool {
        left.text == right.text
    }

    /// By its text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// The text.
    public var description: String { text }
}
