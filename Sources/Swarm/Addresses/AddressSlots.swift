/// The places of all buckets: which entry stands where. A bucket has no memory before its first
/// entry comes.
struct AddressSlots: Sendable {
    private static let none = UInt16.max
    private var buckets = [[UInt16]](
        repeating: [], count: AddressLimits.newBuckets + AddressLimits.triedBuckets)
    private var counts = [UInt8](
        repeating: 0, count: AddressLimits.newBuckets + AddressLimits.triedBuckets)

    /// Bytes that the buckets take.
    var byteCount: Int {
        buckets.reduce(0) { $0 + 8 + 1 + ($1.isEmpty ? 0 : 32 + 2 * AddressLimits.bucketSize) }
    }

    /// The entry at a place; nil where it is free.
    subscript(place: Int) -> Int? {
        get {
            let bucket = buckets[place / AddressLimits.bucketSize]
            guard !bucket.isEmpty else { return nil }
            let entry = bucket[place % AddressLimits.bucketSize]
            return entry == Self.none ? nil : Int(entry)
        }
        set {
            let (number, position) = place.quotientAndRemainder(
                dividingBy: AddressLimits.bucketSize)
            if buckets[number].isEmpty {
                guard newValue != nil else { return }
                buckets[number] = [UInt16](repeating: Self.none, count: AddressLimits.bucketSize)
            }
            let isHeld = buckets[number][position] != Self.none
            if isHeld != (newValue != nil) {
                counts[number] = isHeld ? counts[number] - 1 : counts[number] + 1
            }
            buckets[number][position] = newValue.map { UInt16($0) } ?? Self.none
        }
    }

    /// The buckets of a range that hold something.
    func filled(_ range: Range<Int>) -> [Int] { range.filter { counts[$0] > 0 } }

    /// Entries in the buckets of a range.
    func count(_ range: Range<Int>) -> Int { range.reduce(0) { $0 + Int(counts[$1]) } }

    /// A random entry of a bucket; nil where it is empty.
    func random(_ bucket: Int, using generator: inout SeededGenerator) -> Int? {
        guard counts[bucket] > 0 else { return nil }
        var left = Int(generator.next() % UInt64(counts[bucket]))
        for entry in buckets[bucket] where entry != Self.none {
            if left == 0 { return Int(entry) }
            left -= 1
        }
        return nil
    }
}
