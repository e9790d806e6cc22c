import Genome

/// One entry that a memory gives.
public struct MemoryEntry: Hashable, Sendable {
    /// What is remembered.
    public let text: String
    /// How much it matters, 0 to 1.
    public let importance: Double
    /// Seconds since 1970.
    public let time: Int64
    /// Cosine of the angle to the question; nil where it was not asked by likeness.
    public let likeness: Double?
}

/// How a memory is asked.
public enum MemoryOrder: String, CaseIterable, Sendable {
    /// The likest to a question first.
    case similarity
    /// The newest first.
    case temporal
    /// The most important first.
    case importance
}

extension MemoryDatabase {
    private static let columns = "text, importance, time, vector, number"

    /// The newest entries; of one second the last one read.
    public func newest(_ count: Int) throws(StoreError) -> [MemoryEntry] {
        try ranked("time DESC, number DESC", count)
    }

    /// The most important entries; of equal ones the newest.
    public func weightiest(_ count: Int) throws(StoreError) -> [MemoryEntry] {
        try ranked("importance DESC, time DESC, number DESC", count)
    }

    /// The entries that are likest to a vector, by the cosine of the angle; of equal ones the
    /// first one read. Entries without a vector of that width are not found.
    public func likest(to question: [Float], _ count: Int) throws(StoreError) -> [MemoryEntry] {
        var best: [(likeness: Double, number: Int64)] = []
        let all = "SELECT number, vector FROM entries WHERE vector IS NOT NULL ORDER BY number"
        _ = try connection.query(all) { row throws(StoreError) in
            let vector = Self.vector(row.bytes(1))
            guard let likeness = Self.cosine(question, vector) else { return }
            let entry = (likeness, row.integer(0))
            guard best.count < count || likeness > (best.last?.likeness ?? -2) else { return }
            let place = best.firstIndex { $0.likeness < likeness } ?? best.count
            best.insert(entry, at: place)
            if best.count > count { best.removeLast() }
        }
        var entries: [MemoryEntry] = []
        for (likeness, number) in best {
            entries += try connection.query(
                "SELECT \(Self.columns) FROM entries WHERE number=?", [.integer(number)]
            ) { Self.entry($0, likeness: likeness) }
        }
        return entries
    }

    private func ranked(_ order: String, _ count: Int) throws(StoreError) -> [MemoryEntry] {
        try connection.query(
            "SELECT \(Self.columns) FROM entries ORDER BY \(order) LIMIT ?", [SQLValue(count)]
        ) { Self.entry($0, likeness: nil) }
    }

    private static func entry(_ row: SQLiteRow, likeness: Double?) -> MemoryEntry {
        MemoryEntry(
            text: row.text(0), importance: row.real(1), time: row.integer(2), likeness: likeness)
    }

    /// The cosine of the angle between two vectors, sums in f64 by ascending index; nil if they
    /// differ in width or one is zero.
    static func cosine(_ left: [Float], _ right: [Float]) -> Double? {
        guard left.count == right.count else { return nil }
        var product = 0.0
        var one = 0.0
        var other = 0.0
        for index in left.indices {
            let (a, b) = (Double(left[index]), Double(right[index]))
            product += a * b
            one += a * a
            other += b * b
        }
        guard one > 0, other > 0 else { return nil }
        return product / (one * other).squareRoot()
    }
}
