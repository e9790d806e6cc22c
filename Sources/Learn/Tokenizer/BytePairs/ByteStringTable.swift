/// Numbers byte strings from 0 in the order in which they come, and finds them again.
///
/// Open addressing over a power of two of slots; a slot holds half of the hash beside the number,
/// so that most misses end without a look at the bytes. The hash is seeded anew in each process,
/// so that a file cannot be written to make all its tokens meet in one slot.
struct ByteStringTable: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = [0]
    private var slots: [UInt64]
    private static let seed = UInt64(truncatingIfNeeded: 0x5eed.hashValue)

    /// A table that holds `capacity` strings before it grows.
    init(capacity: Int = 16) {
        var size = 32
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
    }

    /// Number of strings.
    var count: Int { ends.count - 1 }

    /// Number of bytes of all strings.
    var byteCount: Int { bytes.count }

    /// The string of a number that was given.
    subscript(number: Int) -> [UInt8] {
        Array(bytes[Int(ends[number])..<Int(ends[number + 1])])
    }

    /// The hash of `text[start..<end]`.
    @inline(__always)
    static func hash(_ text: [UInt8], _ start: Int, _ end: Int) -> UInt64 {
        var hash = seed ^ 0xcbf2_9ce4_8422_2325
        for index in start..<end { hash = (hash ^ UInt64(text[index])) &* 0x9e37_79b9_7f4a_7c15 }
        return hash ^ hash >> 29
    }

    /// The number of `text[start..<end]`.
    func find(_ text: [UInt8], _ start: Int, _ end: Int) -> Int? {
        find(text, start, end, hash: Self.hash(text, start, end))
    }

    /// The number of `text[start..<end]`, whose hash is known.
    func find(_ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 7) & mask
        let tag = hash >> 32
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if entry >> 32 == tag {
                let number = Int(entry & 0xffff_ffff) - 1
                if isEqual(number, text, start, end) { return number }
            }
            slot = (slot + 1) & mask
        }
    }

    /// The number of a whole string.
    func find(_ text: [UInt8]) -> Int? { find(text, 0, text.count) }

    /// Adds a string that is not there yet, and gives its number.
    @discardableResult
    mutating func insert(_ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64) -> Int {
        if (count + 1) * 2 > slots.count { grow() }
        let number = count
        for index in start..<end { bytes.append(text[index]) }
        ends.append(UInt32(bytes.count))
        place(number, hash: hash)
        return number
    }

    /// The number of a string, added if it is new.
    mutating func number(of text: [UInt8]) -> (number: Int, isNew: Bool) {
        let hash = Self.hash(text, 0, text.count)
        if let number = find(text, 0, text.count, hash: hash) { return (number, false) }
        return (insert(text, 0, text.count, hash: hash), true)
    }

    @inline(__always)
    private func isEqual(_ number: Int, _ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let from = Int(ends[number])
        guard Int(ends[number + 1]) - from == end - start else { return false }
        for offset in 0..<(end - start) where bytes[from + offset] != text[start + offset] {
            return false
        }
        return true
    }

    private mutating func place(_ number: Int, hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 7) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = (hash >> 32) << 32 | UInt64(number + 1)
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        for number in 0..<count {
            place(number, hash: Self.hash(bytes, Int(ends[number]), Int(ends[number + 1])))
        }
    }
}
