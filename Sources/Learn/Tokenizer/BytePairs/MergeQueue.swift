/// Merges the symbols of one word: the pair of the lowest rank first, the leftmost of equals.
///
/// Its arrays live from word to word, so that a short word allocates nothing.
struct MergeQueue {
    /// The symbols of the word; after `run` what they became.
    var symbols: [UInt32] = []
    private var values: [UInt64] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var heap: [UInt64] = []

    /// Words of at most this many symbols are searched from end to end for each merge, which is
    /// faster than a heap while they are short.
    private static let shortMax = 40

    /// Merges until no pair is left that merges.
    mutating func run(_ merges: MergeTable) {
        if symbols.count <= Self.shortMax { runShort(merges) } else { runLong(merges) }
    }

    private mutating func runShort(_ merges: MergeTable) {
        var count = symbols.count
        guard count > 1 else { return }
        values.removeAll(keepingCapacity: true)
        for index in 0..<(count - 1) {
            values.append(merges.value(symbols[index], symbols[index + 1]))
        }
        while count > 1 {
            var best = MergeTable.none
            var place = 0
            for index in 0..<(count - 1) where values[index] >> 32 < best >> 32 {
                best = values[index]
                place = index
            }
            guard best != MergeTable.none else { break }
            symbols[place] = UInt32(best & 0xffff_ffff)
            count -= 1
            var index = place + 1
            while index < count {
                symbols[index] = symbols[index + 1]
                values[index - 1] = values[index]
                index += 1
            }
            if place > 0 {
                values[place - 1] = merges.value(symbols[place - 1], symbols[place])
            }
            if place + 1 < count {
                values[place] = merges.value(symbols[place], symbols[place + 1])
            }
        }
        symbols.removeLast(symbols.count - count)
    }

    /// A linked list and a heap of rank above place: n log n for a word of a million symbols.
    private mutating func runLong(_ merges: MergeTable) {
        let count = symbols.count
        next = (0..<count).map { $0 + 1 < count ? Int32($0 + 1) : -1 }
        previous = (0..<count).map { Int32($0 - 1) }
        heap.removeAll(keepingCapacity: true)
        for index in 0..<(count - 1) { offer(index, merges) }
        while let top = pop() {
            let place = Int(top & 0xffff_ffff)
            guard next[place] >= 0 else { continue }
            let right = Int(next[place])
            let value = merges.value(symbols[place], symbols[right])
            guard value != MergeTable.none, value >> 32 == top >> 32 else { continue }
            symbols[place] = UInt32(value & 0xffff_ffff)
            next[place] = next[right]
            if next[place] >= 0 { previous[Int(next[place])] = Int32(place) }
            next[right] = -2
            if previous[place] >= 0 { offer(Int(previous[place]), merges) }
            if next[place] >= 0 { offer(place, merges) }
        }
        var kept = 0
        var place = 0
        while place >= 0 {
            symbols[kept] = symbols[place]
            kept += 1
            place = Int(next[place])
        }
        symbols.removeLast(count - kept)
    }

    private mutating func offer(_ place: Int, _ merges: MergeTable) {
        let value = merges.value(symbols[place], symbols[Int(next[place])])
        guard value != MergeTable.none else { return }
        heap.append((value >> 32) << 32 | UInt64(place))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> UInt64? {
        guard let top = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return top }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
