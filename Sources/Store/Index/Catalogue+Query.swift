import Genome
import Host
import Wire

/// What a search found.
public struct CatalogueAnswer: Sendable {
    /// A record that answers, with its place in the order.
    public struct Match: Sendable {
        /// The record.
        public let record: Record
        /// Where a page after it begins.
        public let number: UInt64

        /// A record at its place.
        public init(record: Record, number: UInt64) {
            (self.record, self.number) = (record, number)
        }
    }

    /// Newest first; the publisher's own record of a layer where it is here, else a mirror's.
    public let matches: [Match]
    /// Whether the search stopped before it had looked at all that could answer, although the
    /// page has room.
    public let isTruncated: Bool
    /// Where a search that goes on begins; nil where everything was looked at.
    public let next: UInt64?
    /// Entries of the index and records that were read.
    public let examined: Int

    /// No answer to nothing.
    public static let nothing = CatalogueAnswer(
        matches: [], isTruncated: false, next: nil, examined: 0)

    /// This answer and that of the search that went on where this one stopped.
    public func followed(by more: CatalogueAnswer) -> CatalogueAnswer {
        CatalogueAnswer(
            matches: matches + more.matches, isTruncated: more.isTruncated, next: more.next,
            examined: examined + more.examined)
    }
}

/// Searching with a bound: walks the lists of the rarest conditions from the newest layer on, and
/// holds what they have in common against the whole question.
///
/// Numbers of records rise with the time they were issued, so that no answer is ever sorted, and
/// the same records give the same answer in every catalogue.
extension Catalogue {
    /// How many times more often than the rarest list another may have entries to be walked with
    /// it. A list that is denser than that is passed over: reading the record of each candidate is
    /// cheaper than opening the list again for each.
    private static let densityMax = 16.0

    /// One page of the layers that answer. `among` narrows it to these numbers (falling), `circles`
    /// are the tags of each organisation that is known here, `limit` stands for the question's own,
    /// `keeping` is a condition of the caller.
    /// For the owner alone, records that are not for everyone being among them, unless it
    /// `isForEveryone`.
    public func search(
        _ query: LayerQuery, among numbers: [UInt64]? = nil, circles: [NodeKey: [[UInt8]]] = [:],
        limit: Int? = nil, isForEveryone: Bool = false,
        keeping: (LayerContent) -> Bool = { _ in true }
    ) throws(StoreError) -> CatalogueAnswer {
        let budget = QueryBudget(
            entries: QueryLimits.entriesMax, records: QueryLimits.recordsMax,
            deadline: Clock.monotonic() + QueryLimits.patience)
        let begin = Clock.monotonic()
        let answer = try search(
            query, among: numbers, circles: circles, limit: limit ?? query.limit, budget,
            isForEveryone: isForEveryone, keeping: keeping)
        let span = Clock.monotonic() - begin
        searched.withLock { $0.note(nanoseconds: span, isTruncated: answer.isTruncated) }
        return answer
    }

    /// How many searches were answered since the catalogue was opened, and in what time.
    public var searchCounters: SearchCounters { searched.withLock { $0 } }

    /// Bytes of the sketches that are kept beside it.
    public var sketchBytes: Int { sketches.withLock { $0.bytes } }

    /// The same with a budget of the caller.
    func search(
        _ query: LayerQuery, among numbers: [UInt64]?, circles: [NodeKey: [[UInt8]]], limit: Int,
        _ budget: QueryBudget, isForEveryone: Bool = false,
        keeping: (LayerContent) -> Bool = { _ in true }
    ) throws(StoreError) -> CatalogueAnswer {
        try connection.withLock { connection throws(StoreError) in
            var plan = try Self.lists(query, circles, connection)
            if let numbers {
                plan.lists.append(PostingList(numbers.map { Int64(clamping: $0) }))
            }
            if plan.lists.isEmpty {
                let all = CatalogueTerms.Lookup(table: "facets", expression: CatalogueTerms.all)
                plan.lists = [Self.list(all, connection)]
            }
            var walk = QueryWalk(
                lists: plan.lists, budget: budget,
                start: query.after.map { Int64(clamping: $0) - 1 } ?? .max)
            try walk.keepRarest(within: Self.densityMax)
            let organizations = Self.organizations(circles)
            var matches: [CatalogueAnswer.Match] = []
            while matches.count < limit, let number = try walk.next() {
                guard
                    let record = try Self.record(number, isForEveryone: isForEveryone, connection),
                    let layer = DescribedLayer(record, circles: organizations),
                    query.matches(layer), keeping(layer.content)
                else { continue }
                matches.append(.init(record: record, number: UInt64(number)))
            }
            let isCut = walk.isSpent || plan.isCut
            let isFull = matches.count == limit
            return CatalogueAnswer(
                matches: matches, isTruncated: isCut,
                next: isFull || walk.isSpent ? UInt64(max(0, walk.reached)) : nil,
                examined: budget.entries - walk.budget.entries + budget.records
                    - walk.budget.records)
        }
    }

    /// The numbers of the layers that one of `nodes` announces, and of the `layers`; falling, and
    /// whether there were more than a search reads.
    public func numbers(
        announcedBy nodes: [NodeKey], or layers: [Digest]
    ) throws(StoreError) -> (numbers: [UInt64], isCut: Bool) {
        try connection.withLock { connection throws(StoreError) in
            var found: Set<UInt64> = []
            var isCut = layers.count > QueryLimits.entriesMax
            for layer in layers.prefix(QueryLimits.entriesMax) {
                found.formUnion(try Self.numbers(of: layer, connection))
            }
            for node in nodes {
                let rows = try connection.query(
                    """
                    SELECT (
                        SELECT number FROM records AS first
                        WHERE substr(first.layer, 1, 8)=substr(held.layer, 1, 8)
                            AND first.layer=held.layer
                            AND substr(first.origin, 1, 8)=substr(held.origin, 1, 8)
                            AND first.origin=held.origin
                        ORDER BY first.type, first.number DESC LIMIT 1)
                    FROM records AS held WHERE \(CatalogueTables.isHolder) LIMIT ?
                    """, CatalogueTables.keyed(node.digest) + [SQLValue(QueryLimits.entriesMax)]
                ) { $0.number(0) }
                isCut = isCut || rows.count == QueryLimits.entriesMax
                found.formUnion(rows)
            }
            return (found.sorted(by: >), isCut)
        }
    }

    /// The numbers under which a layer is found, one for each who is said to publish it: the first
    /// record of each, however many mirrors have others.
    private static func numbers(
        of layer: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) -> [UInt64] {
        var numbers: [UInt64] = []
        var origin: [UInt8] = []
        while true {
            let next = try connection.first(
                """
                SELECT number, origin FROM records
                WHERE \(CatalogueTables.isLayer) AND substr(origin, 1, 8)>?
                ORDER BY substr(origin, 1, 8), type, number DESC LIMIT 1
                """, CatalogueTables.keyed(layer) + [.blob(origin)]
            ) { ($0.number(0), $0.bytes(1)) }
            guard let next else { return numbers }
            numbers.append(next.0)
            origin = Array(next.1.prefix(CatalogueTables.startBytes))
        }
    }

    // MARK: Lists

    /// The lists of the conditions that have one; cut where a word begins too many others.
    private static func lists(
        _ query: LayerQuery, _ circles: [NodeKey: [[UInt8]]], _ connection: SQLiteConnection
    ) throws(StoreError) -> (lists: [PostingList], isCut: Bool) {
        var lists: [PostingList] = []
        var isCut = false
        for predicate in query.all {
            guard case .text(let text) = predicate else {
                if let lookup = CatalogueTerms.lookup(predicate, circles: circles) {
                    lists.append(list(lookup, connection))
                }
                continue
            }
            for word in SearchWords.words(of: text) {
                let known = try expansions(of: word, connection)
                if known.count > QueryLimits.expansionsMax { isCut = true }
                lists.append(
                    list(
                        CatalogueTerms.lookup(
                            word: word,
                            expansions: Array(known.prefix(QueryLimits.expansionsMax))),
                        connection))
            }
        }
        return (lists, isCut)
    }

    /// The known words that a long word begins, one more than are looked up.
    private static func expansions(
        of word: String, _ connection: SQLiteConnection
    ) throws(StoreError) -> [String] {
        guard CatalogueTerms.isLong(word) else { return [] }
        return try connection.query(
            "SELECT word FROM vocabulary WHERE word>=? AND word<? ORDER BY word LIMIT ?",
            [
                // Above every text that begins so: no letter is the last scalar.
                .text(word), .text(word + "\u{10ffff}"),
                SQLValue(QueryLimits.expansionsMax + 1),
            ]
        ) { $0.text(0) }
    }

    private static func list(
        _ lookup: CatalogueTerms.Lookup, _ connection: SQLiteConnection
    ) -> PostingList {
        let table = lookup.table
        let sql = """
            SELECT rowid FROM \(table) WHERE \(table) MATCH ? AND rowid<=?
            ORDER BY rowid DESC LIMIT ?
            """
        return PostingList { (most, count) throws(StoreError) in
            try connection.query(
                sql, [.text(lookup.expression), .integer(most), SQLValue(count)]
            ) { $0.integer(0) }
        }
    }

    /// The record of a number; for everyone another that stands for its layer, or none.
    private static func record(
        _ number: Int64, isForEveryone: Bool, _ connection: SQLiteConnection
    ) throws(StoreError) -> Record? {
        let record = try connection.first(
            "SELECT bytes FROM records WHERE number=?", [.integer(number)], read)
        guard isForEveryone, let record, record.domain != .everyone else { return record }
        return try standIn(for: record, connection)
    }

    private static func organizations(
        _ circles: [NodeKey: [[UInt8]]]
    ) -> [[UInt8]: NodeKey] {
        var organizations: [[UInt8]: NodeKey] = [:]
        for (key, tags) in circles {
            for tag in tags { organizations[tag] = key }
        }
        return organizations
    }
}
