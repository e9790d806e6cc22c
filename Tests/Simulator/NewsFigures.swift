import Wire

/// How quickly news reached everyone, and how often it was sent for that.
package struct NewsFigures: Sendable {
    /// The records, and the nodes that were there when each was new.
    package var told: [(name: NewsName, present: [Int])] = []
    /// How often a record had to reach a node, and how often it had not at the end.
    package var deliveries = 0
    package var missed = 0
    /// Whether every node that was there had all of it.
    package var isComplete: Bool { missed == 0 }
    /// For each record the nanoseconds until the last node had it, and until half of them had.
    package var worst: [UInt64] = []
    package var medians: [UInt64] = []
    /// For each record the part of the nodes that had it in the end.
    package var reached: [Double] = []
    /// Whole records sent for each node that had to get one.
    package var copies = 0.0

    /// Milliseconds until the last node had a record: of the middle record, and of the slowest.
    package var typicalMilliseconds: UInt64 { worst.sorted()[worst.count / 2] / 1_000_000 }
    package var slowestMilliseconds: UInt64 { (worst.max() ?? 0) / 1_000_000 }

    /// Both, and the copies, in words.
    package var words: String {
        let parts = (reached.min() ?? 0) * 100
        let share = isComplete ? "all" : "\(round(parts, 2)) %"
        return "\(share) in \(typicalMilliseconds) ms, slowest \(slowestMilliseconds) ms, "
            + "\(round(copies, 2)) copies"
    }

    private func round(_ value: Double, _ digits: Int) -> Double {
        let scale = digits == 2 ? 100.0 : 10.0
        return (value * scale).rounded() / scale
    }
}
