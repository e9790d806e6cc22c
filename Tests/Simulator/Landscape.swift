import Swarm

/// How far nodes are from each other: one-way delays between regions, and how much they vary.
package struct Landscape: Sendable {
    /// One-way milliseconds from the region of the row to that of the column.
    let delays: [[UInt64]]
    /// The part of a delay by which it varies, in thousandths.
    let jitterPerMille: UInt64

    /// Five continents, as public round trips between data centres of 2024 show them, halved:
    /// western Europe, eastern and western North America, eastern Asia, South America.
    package static let continents = Landscape(
        delays: [
            [8, 42, 72, 115, 100],
            [42, 10, 32, 85, 60],
            [72, 32, 10, 55, 90],
            [115, 85, 55, 15, 140],
            [100, 60, 90, 140, 12],
        ], jitterPerMille: 100)

    /// One laboratory: a wired network.
    package static let laboratory = Landscape(delays: [[1]], jitterPerMille: 500)

    /// Regions in it.
    package var regions: Int { delays.count }

    /// Nanoseconds of one way.
    func delay(
        from: Int, to: Int, using generator: inout SeededGenerator
    ) -> UInt64 {
        let base = delays[from % regions][to % regions] * 1_000_000
        let span = base * jitterPerMille / 1000
        return base + UInt64.random(in: 0...max(1, span), using: &generator)
    }
}
