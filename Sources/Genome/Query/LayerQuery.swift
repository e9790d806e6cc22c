import Wire

/// A search for layers: conditions that must all hold, and which page of the answers is wanted.
///
/// Bounded in every part, so that whatever is asked costs little: there are no expressions that
/// repeat, no negations, and no order but one, newest first.
public struct LayerQuery: Equatable, Sendable {
    /// All of them must hold; none asks for every layer.
    public private(set) var all: [LayerPredicate]
    /// Most answers of the page.
    public private(set) var limit: Int
    /// Where the page begins: what an earlier answer named as `next`; nil for the newest.
    public var after: UInt64?

    /// Any layer.
    public static let everything = LayerQuery(checked: [], limit: QueryLimits.pageMax)

    private init(checked all: [LayerPredicate], limit: Int) {
        self.all = all
        self.limit = limit
    }

    /// A search within the limits; refuses more conditions than there may be, empty ones, and
    /// options of several kinds.
    public init(
        _ all: [LayerPredicate], limit: Int = QueryLimits.pageMax, after: UInt64? = nil
    ) throws(GenomeError) {
        guard (1...QueryLimits.pageMax).contains(limit) else {
            throw .field(path: "limit", .notAllowed("1 to \(QueryLimits.pageMax)"))
        }
        guard after.map({ $0 <= UInt64(Int64.max) }) ?? true else {
            throw .field(path: "after", .notAllowed("what an answer named as next"))
        }
        for (index, predicate) in all.enumerated() {
            try Self.check(predicate, at: "all[\(index)]", isOption: false)
        }
        guard all.reduce(0, { $0 + $1.weight }) <= QueryLimits.predicatesMax else {
            throw .tooLarge(
                what: "number of conditions, each word being one",
                limit: QueryLimits.predicatesMax)
        }
        self.all = all
        self.limit = limit
        self.after = after
    }

    private static func check(
        _ predicate: LayerPredicate, at path: String, isOption: Bool
    ) throws(GenomeError) {
        switch predicate {
        case .text(let text):
            try check(text, at: "\(path).text")
            guard predicate.weight > 0 else {
                throw .field(path: "\(path).text", .notAllowed("text with a letter or a digit"))
            }
        case .name(let text), .type(let text), .licence(let text), .tag(let text),
            .language(let text):
            try check(text, at: "\(path).\(predicate.kind)")
        case .any(let options):
            guard !isOption, let first = options.first,
                options.allSatisfy({ $0.kind == first.kind })
            else {
                throw .field(
                    path: "\(path).any", .notAllowed("one or more conditions of the same kind"))
            }
            for (index, option) in options.enumerated() {
                try check(option, at: "\(path).any[\(index)]", isOption: true)
            }
        case .base, .rank, .size, .licenceClass, .publisher, .organization: return
        }
    }

    private static func check(_ text: String, at path: String) throws(GenomeError) {
        guard !text.isEmpty, text.utf8.count <= QueryLimits.textBytesMax, PlainText.isPlain(text)
        else {
            throw .field(
                path: path,
                .notAllowed("plain text of 1 to \(QueryLimits.textBytesMax) bytes"))
        }
    }

    /// Whether a layer answers it: what an index is held against, record by record.
    public func matches(_ layer: DescribedLayer) -> Bool {
        all.allSatisfy { $0.matches(layer) }
    }
}

/// Bounds of one search, each with its reason.
public enum QueryLimits {
    /// Conditions: the command has fewer options; each costs a list that is opened.
    public static let predicatesMax = 16
    /// Bytes of one text: the longest that a record holds is a licence of 128.
    public static let textBytesMax = 128
    /// Answers of one page: more than a person reads.
    public static let pageMax = 100
    /// Bytes of the answers of one page, in canonical JSON.
    public static let replyBytesMax = 64 << 10
    /// Bytes of a question: its conditions at their longest, escaped.
    public static let questionBytesMax = 16 << 10
    /// Entries of the index that one search reads: 10 of them are 5 µs.
    public static let entriesMax = 10_000
    /// Records that one search reads whole and holds against the question: each is 10 µs.
    public static let recordsMax = 500
    /// Nanoseconds after which a search stops whatever it has read: only a machine that is short
    /// of memory or disk comes near it, so that the count alone decides what is found elsewhere.
    public static let patience: UInt64 = 50_000_000
    /// Words that the beginning of a word stands for at most.
    public static let expansionsMax = 32
}
