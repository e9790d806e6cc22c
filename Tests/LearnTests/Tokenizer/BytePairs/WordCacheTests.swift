import Testing

@testable import Learn

@Suite struct WordCacheTests {
    @Test func `it remembers words until it is full`() {
        var cache = WordCache()
        var found: [UInt32] = []
        for number in 0..<(TokenizerLimits.cachedWordsMax + 10) {
            let word = Array("w\(number)".utf8)
            let hash = ByteStringTable.hash(word, 0, word.count)
            cache.insert(word, 0, word.count, hash: hash, ids: [UInt32(number), 1])
            found = []
            #expect(cache.append(word, 0, word.count, hash: hash, to: &found))
            #expect(found == [UInt32(number), 1])
        }
        let first = Array("w0".utf8)
        let hash = ByteStringTable.hash(first, 0, 2)
        #expect(!cache.append(first, 0, 2, hash: hash, to: &found))
    }
}
