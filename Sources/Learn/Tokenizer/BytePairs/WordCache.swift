/// The ids of words that were met before. It forgets everything when it is full, which keeps it
/// bounded and costs one more merge for each word that comes again.
struct WordCache {
    private var words = ByteStringTable(capacity: 1 << 12)
    private var ids: [UInt32] = []
    private var ends: [UInt32] = [0]

    /// Adds the ids of a remembered word to `result`; false if it is not remembered.
    @inline(__always)
    func append(
        _ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64, to result: inout [UInt32]
    ) -> Bool {
        guard let number = words.find(text, start, end, hash: hash) else { return false }
        for index in Int(ends[number])..<Int(ends[number + 1]) { result.append(ids[index]) }
        return true
    }

    /// Remembers a word that was not.
    mutating func insert(
        _ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64, ids new: [UInt32]
    ) {
        guard end - start <= TokenizerLimits.cachedWordMax else { return }
        if words.count >= TokenizerLimits.cachedWordsMax { self = WordCache() }
        words.insert(text, start, end, hash: hash)
        ids.append(contentsOf: new)
        ends.append(UInt32(ids.count))
    }
}
