/// A sum in f64 of numbers that come one after the other: a chain for each block of 512 from +0,
/// block sums added in ascending order, the first one stored.
struct BlockedSum {
    private var total = 0.0
    private var chain = 0.0
    private var count = 0

    /// Numbers so far.
    var isEmpty: Bool { count == 0 }

    /// The next number.
    mutating func add(_ number: Double) {
        if count > 0, count % 512 == 0 { close() }
        chain += number
        count += 1
    }

    /// The sum of all so far.
    var value: Double { count <= 512 ? chain : total + chain }

    private mutating func close() {
        total = count == 512 ? chain : total + chain
        chain = 0
    }
}
