import Testing
import Wire

@Suite struct TreeHasherTests {
    @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 1 << 20, 1 << 20 + 1, 2 << 20, 2_500_000])
    func `a stream cut anywhere has the names of the whole`(size: Int) {
        let bytes = Pattern.bytes(size)
        var whole = TreeHasher()
        whole.update(bytes.span.bytes)
        let expected = whole.finish()
        #expect(expected.id == Blake3.hash(bytes))
        #expect(expected.leafValues.count == HashTree.leafCount(size: UInt64(size)) * 32)
        #expect(expected.groupValues.count == HashTree.groupCount(size: UInt64(size)) * 32)
        for step in [1000, 16_384, 16_385, 300_000] {
            var hasher = TreeHasher()
            for start in stride(from: 0, to: size, by: step) {
                hasher.update(bytes.span.bytes.extracting(start..<min(start + step, size)))
            }
            #expect(hasher.finish() == expected, "steps of \(step)")
        }
    }

    @Test func `leaf values taken on the way are those left at the end`() {
        let bytes = Pattern.bytes(1_200_000)
        var whole = TreeHasher()
        whole.update(bytes.span.bytes)
        let expected = whole.finish()
        var hasher = TreeHasher()
        var taken: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 100_000) {
            hasher.update(bytes.span.bytes.extracting(start..<start + 100_000))
            taken += hasher.takeLeafValues()
        }
        let summary = hasher.finish()
        #expect(taken + summary.leafValues == expected.leafValues)
        #expect(summary.groupValues == expected.groupValues)
        #expect(summary.id == expected.id)
    }
}
