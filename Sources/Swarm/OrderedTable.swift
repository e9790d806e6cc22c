/// A dictionary whose order is the order of its keys, so that walking it gives the same result
/// in every process: the standard dictionary is seeded anew each time, and the simulator must
/// be able to repeat a run bit for bit.
///
/// A sorted array: lookups are O(log n), inserts move at most n entries. The tables here hold
/// hundreds to thousands of entries.
public struct OrderedTable<Key: Comparable & Sendable, Value: Sendable>: Sendable {
    /// The entries in key order.
    public private(set) var entries: [(key: Key, value: Value)] = []

    /// An empty table.
    public init() {}

    /// Number of entries.
    public var count: Int { entries.count }

    /// Whether there are none.
    public var isEmpty: Bool { entries.isEmpty }

    /// The keys in order.
    public var keys: [Key] { entries.map(\.key) }

    /// The values in key order.
    public var values: [Value] { entries.map(\.value) }

    private func position(of key: Key) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return (low, low < entries.count && entries[low].key == key)
    }

    /// The value of a key; setting nil removes it.
    public subscript(key: Key) -> Value? {
        get {
            let (index, isFound) = position(of: key)
            return isFound ? entries[index].value : nil
        }
        set {
            let (index, isFound) = position(of: key)
            switch (newValue, isFound) {
            case (let value?, true): entries[index].value = value
            case (let value?, false): entries.insert((key, value), at: index)
            case (nil, true): entries.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// What `body` sees in a value, which is not copied; nil when the key is not there.
    public func look<Result>(_ key: Key, _ body: (Value) -> Result) -> Result? {
        let (index, isFound) = position(of: key)
        return isFound ? body(entries[index].value) : nil
    }

    /// Changes a value in place; nil when the key is not there.
    public mutating func change<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
        let (index, isFound) = position(of: key)
        return isFound ? body(&entries[index].value) : nil
    }

    /// Removes entries for which `body` is true.
    public mutating func removeAll(where body: (Key, Value) -> Bool) {
        entries.removeAll { body($0.key, $0.value) }
    }
}
