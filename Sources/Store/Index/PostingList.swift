/// What a search may still read, counted so that the same catalogue gives the same answer on any
/// machine; the clock is there for a machine that cannot read at all.
struct QueryBudget {
    /// Entries of lists.
    var entries: Int
    /// Records read whole.
    var records: Int
    /// Monotonic nanoseconds of the end.
    let deadline: UInt64
}

/// The numbers of the layers under one entry of the index, newest first, read as far as they are
/// needed.
struct PostingList {
    /// Reads up to so many numbers that are at most the given one.
    typealias Load = (_ most: Int64, _ count: Int) throws(StoreError) -> [Int64]

    /// First chunk; each is four times the one before, since who reads on will read much.
    private static let chunkFirst = 64
    private static let chunkMax = 1_024

    private let load: Load
    /// Whether nothing else tells what is in it: the records themselves do not.
    let isOnlyHere: Bool
    private var numbers: [Int64] = []
    private var position = 0
    private var chunk = Self.chunkFirst
    /// Whether what is loaded goes to the end of the list.
    private var isWhole = false

    /// A list that is read by `load`.
    init(load: @escaping Load) {
        self.load = load
        isOnlyHere = false
    }

    /// A list that is in memory, in falling order.
    init(_ numbers: [Int64]) {
        self.numbers = numbers
        isWhole = true
        isOnlyHere = true
        load = { (_, _) throws(StoreError) in [] }
    }

    /// How a step went.
    enum Step: Equatable {
        /// It stands on this number.
        case number(Int64)
        /// There is none.
        case end
        /// There may be one, and nothing more may be read.
        case spent
    }

    /// Goes to the largest number that is at most `most`, never back.
    mutating func seek(
        _ most: Int64, _ budget: inout QueryBudget
    ) throws(StoreError) -> Step {
        while true {
            // The place among those in memory: the first that is not above.
            var (low, high) = (position, numbers.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] > most { low = middle + 1 } else { high = middle }
            }
            position = low
            if low < numbers.count { return .number(numbers[low]) }
            if isWhole { return .end }
            guard budget.entries > 0 else { return .spent }
            let count = min(chunk, budget.entries)
            numbers = try load(most, count)
            position = 0
            budget.entries -= numbers.count
            isWhole = numbers.count < count
            chunk = min(chunk * 4, Self.chunkMax)
        }
    }

    /// The mean distance between neighbours, as far as was read from `newest` on: how rare it is.
    func gap(from newest: Int64) -> Double {
        guard let last = numbers.last else { return .infinity }
        return Double(isWhole ? newest : newest - last) / Double(numbers.count)
    }
}
