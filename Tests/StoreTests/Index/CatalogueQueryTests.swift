import Genome
import Testing
import Wire

@testable import Store

/// Searches of a catalogue held against the plain look at every record.
@Suite struct CatalogueQueryTests {
    private static let words = [
        "psalm", "psalms", "psalmody", "psaltery", "genome", "genomes", "genetic", "über", "soil",
        "ab",
    ]
    private static let types = ["lora", "memory", "foundation", "x-odd"]
    private static let licences = ["MIT", "CC-BY-NC-4.0", "GPL-3.0-only", "LicenseRef-Odd"]
    private static let languages = [nil, "de", "de-CH", "en"]
    private static let tag = [UInt8](repeating: 4, count: 16)

    private static func record(
        _ number: Int, _ generator: inout SplitMix
    ) throws -> Record {
        func pick<Element>(_ list: [Element]) -> Element {
            list[Int.random(in: 0..<list.count, using: &generator)]
        }
        let signer = Fixture.key(UInt8.random(in: 1...4, using: &generator))
        var content = LayerContent(
            layer: Blake3.hash([UInt8(number % 200), UInt8(number / 200)]), manifestSize: 500,
            type: pick(types), name: "\(pick(["psalms", "genome", "soil"]))-\(number % 7)",
            version: "1.0.0", licence: pick(licences),
            size: UInt64.random(in: 0...1, using: &generator)
                << UInt64.random(in: 0...40, using: &generator), files: 1)
        content.summary = "\(pick(words)) \(pick(words))"
        content.tags = Bool.random(using: &generator) ? ["common"] : []
        content.tags += number % 40 == 0 ? ["rare"] : []
        content.rank =
            Bool.random(using: &generator)
            ? UInt64.random(in: 1...128, using: &generator) : nil
        content.baseWeights = number % 3 == 0 ? Blake3.hash([UInt8(number % 5)]) : nil
        content.language = pick(languages)
        let origin = Fixture.key(UInt8.random(in: 1...4, using: &generator)).publicKey
        let isMirror = number % 5 == 0
        if isMirror { content.summary = nil }
        // Many of one millisecond: their order is by id.
        let issued = CatalogueTests.now + UInt64.random(in: 0...50, using: &generator)
        let unsigned = UnsignedRecord(
            publisher: signer.publicKey, sequence: UInt64(number + 1), issued: issued,
            expires: issued + 86_400_000,
            domain: number % 11 == 0 ? .restricted(tag: tag) : .everyone,
            content: isMirror ? .mirror(content, publisher: origin) : .layer(content))
        return try unsigned.signed(signer.sign(unsigned.signingInput))
    }

    private static func predicate(_ generator: inout SplitMix) -> LayerPredicate {
        func pick<Element>(_ list: [Element]) -> Element {
            list[Int.random(in: 0..<list.count, using: &generator)]
        }
        switch Int.random(in: 0..<13, using: &generator) {
        case 0: return .text(pick(["psa", "psal", "psalm", "psalmo", "gen", "genome", "uber"]))
        case 1:
            return .text("\(pick(["psa", "gen", "soil", "ab"])) \(pick(["psalms", "sol", "3"]))")
        case 2: return .type(pick(types))
        case 3: return .licence(pick(licences))
        case 4: return .licenceClass(pick(LicenceClass.allCases))
        case 5: return .tag(pick(["common", "rare", "none"]))
        case 6:
            let low = UInt64.random(in: 0...100, using: &generator)
            return .rank(low...low + UInt64.random(in: 0...60, using: &generator))
        case 7: return .size(UInt64.random(in: 0...4_096, using: &generator)...UInt64.max)
        case 8: return .language(pick(["de", "DE-ch", "en", "fr"]))
        case 9: return .publisher(Fixture.key(UInt8.random(in: 1...5, using: &generator)).publicKey)
        case 10: return .base(Blake3.hash([UInt8.random(in: 0...5, using: &generator)]))
        case 11:
            return .organization(Fixture.key(UInt8.random(in: 8...9, using: &generator)).publicKey)
        default: return .any([.tag("rare"), .tag("none"), .tag("common")])
        }
    }

    /// One record for each layer and publisher, as the rule says it, newest first.
    private static func shown(_ records: [Record]) -> [Record] {
        var best: [[UInt8]: Record] = [:]
        func isBetter(_ one: Record, _ other: Record) -> Bool {
            if (one.type == .mirror) != (other.type == .mirror) { return other.type == .mirror }
            return isNewer(one, other)
        }
        for record in records {
            guard let layer = DescribedLayer(record) else { continue }
            let place = layer.content.layer.bytes + layer.publisher.bytes
            if let known = best[place], !isBetter(record, known) { continue }
            best[place] = record
        }
        return best.values.sorted { isNewer($0, $1) }
    }

    private static func isNewer(_ one: Record, _ other: Record) -> Bool {
        (one.issued, one.id.words.0) > (other.issued, other.id.words.0)
    }

    /// All pages of a search, and how many answers were cut short.
    private static func pages(
        _ catalogue: Catalogue, _ query: LayerQuery, among numbers: [UInt64]? = nil,
        _ circles: [NodeKey: [[UInt8]]],
        entries: Int, records: Int
    ) throws -> (records: [Record], truncated: Int) {
        var query = query
        var found: [Record] = []
        var truncated = 0
        for _ in 0..<10_000 {
            let budget = QueryBudget(entries: entries, records: records, deadline: .max)
            let answer = try catalogue.search(
                query, among: numbers, circles: circles, limit: query.limit, budget)
            found += answer.matches.map(\.record)
            #expect(answer.matches.count <= query.limit)
            #expect(answer.examined <= entries + records)
            truncated += answer.isTruncated ? 1 : 0
            guard let next = answer.next else { return (found, truncated) }
            #expect(query.after.map { next < $0 } ?? true)
            query.after = next
        }
        return (found, truncated)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `random searches find what a look at every record finds, page by page`(_ seed: UInt64)
        throws
    {
        var generator = SplitMix(state: seed)
        let records = try (0..<700).map { try Self.record($0, &generator) }
        let catalogue = try Catalogue(try Scratch().home().layout)
        for start in stride(from: 0, to: records.count, by: 100) {
            try catalogue.put(Array(records[start..<start + 100].shuffled(using: &generator)))
        }
        let kept = try catalogue.records(ids: records.map(\.id))
        let shown = Self.shown(kept)
        let circles = [Fixture.key(9).publicKey: [Self.tag]]
        var (hits, cuts) = (0, 0)
        for _ in 0..<150 {
            let count = Int.random(in: 0...3, using: &generator)
            let predicates = (0..<count).map { _ in Self.predicate(&generator) }
            let limit = Int.random(in: 1...100, using: &generator)
            let query = try LayerQuery(predicates, limit: limit)
            let isTight = Bool.random(using: &generator)
            // A scope of few layers, of most, or none.
            let share = [0, 3, 90].randomElement(using: &generator) ?? 0
            let scope = shown.filter { _ in Int.random(in: 0..<100, using: &generator) < share }
            let within = share == 0 ? nil : Set(scope.map(\.id))
            let numbers = try within.map { _ in
                try catalogue.numbers(
                    announcedBy: [], or: scope.compactMap { DescribedLayer($0)?.content.layer }
                ).numbers
            }
            let layers = Set(scope.compactMap { DescribedLayer($0)?.content.layer })
            let found = try Self.pages(
                catalogue, query, among: numbers, circles, entries: isTight ? 300 : 10_000,
                records: isTight ? 20 : 500)
            let expected = shown.filter { record in
                guard
                    within == nil
                        || DescribedLayer(record).map({
                            layers.contains($0.content.layer)
                        }) == true
                else { return false }
                return DescribedLayer(record, circles: [Self.tag: Fixture.key(9).publicKey])
                    .map { query.matches($0) } ?? false
            }
            #expect(found.records.map(\.id) == expected.map(\.id), "\(predicates)")
            hits += expected.isEmpty ? 0 : 1
            cuts += found.truncated > 0 ? 1 : 0
        }
        // The judge saw both sides of everything.
        #expect(hits > 40 && hits < 150 && cuts > 10)
    }

    @Test func `two catalogues of the same records answer alike, whatever came first`() throws {
        var generator = SplitMix(state: 9)
        let records = try (0..<300).map { try Self.record($0, &generator) }
        let one = try Catalogue(try Scratch().home().layout)
        let other = try Catalogue(try Scratch().home().layout)
        try one.put(records)
        for record in records.reversed() { try other.put([record]) }
        for limit in [1, 7, 100] {
            let query = try LayerQuery([.text("psa")], limit: limit)
            let answers = try [one, other].map { try $0.search(query) }
            #expect(answers[0].matches.map(\.record.id) == answers[1].matches.map(\.record.id))
            #expect(answers[0].next == answers[1].next)
            #expect(answers[0].matches.map(\.number) == answers[1].matches.map(\.number))
        }
    }

    @Test func `a search that stops says so and names where to go on`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let records = try (0..<100).map { number in
            try CatalogueTests.record(1, layer: [UInt8(number)]) {
                $0.name = "n\(number)"
                $0.size = UInt64(number % 50 == 0 ? 3 : 2)
            }
        }
        try catalogue.put(records)
        let query = try LayerQuery([.size(3...3)])
        let budget = QueryBudget(entries: 10_000, records: 10, deadline: .max)
        let answer = try catalogue.search(
            query, among: nil, circles: [:], limit: 100, budget)
        #expect(answer.isTruncated && answer.next != nil && answer.matches.count <= 2)
        let late = QueryBudget(entries: 10_000, records: 500, deadline: 0)
        let nothing = try catalogue.search(query, among: nil, circles: [:], limit: 100, late)
        #expect(nothing.isTruncated && nothing.matches.isEmpty)
        let all = try catalogue.search(query)
        #expect(all.matches.count == 2 && !all.isTruncated && all.next == nil)
        let both = answer.followed(by: all)
        #expect(both.matches.count == answer.matches.count + 2 && !both.isTruncated)
    }
}

/// Sebastiano Vigna's SplitMix64: the same numbers in every process.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
