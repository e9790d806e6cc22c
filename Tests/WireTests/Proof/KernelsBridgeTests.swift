import Testing
import Wire

/// Other suites may run meanwhile under a forced level: all levels give the same bytes.
@Suite(.serialized) struct KernelsBridgeTests {
    @Test func `every level gives the portable result for every length up to five chunks`() {
        let bytes = Pattern.bytes(5 * 1024 + 1)
        let best = Kernels.level
        defer { _ = Kernels.force(best) }
        func hashes() -> [Digest] {
            (0...5 * 1024 + 1).map { Blake3.hash(bytes.span.bytes.extracting(0..<$0)) }
        }
        #expect(Kernels.force(.portable))
        let expected = hashes()
        for level in Kernels.Level.allCases where Kernels.force(level) {
            #expect(hashes() == expected, "\(level)")
        }
    }

    @Test func `every level gives the portable result for random lengths up to three MiB`() {
        let bytes = Pattern.bytes(3 << 20)
        let best = Kernels.level
        defer { _ = Kernels.force(best) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<24 {
            let start = Int.random(in: 0..<64, using: &generator)
            let count = Int.random(in: 1...bytes.count - start, using: &generator)
            let part = bytes.span.bytes.extracting(start..<start + count)
            #expect(Kernels.force(.portable))
            let expected = summary(part)
            for level in Kernels.Level.allCases where Kernels.force(level) {
                #expect(summary(part) == expected, "\(level), \(count) bytes at \(start)")
                #expect(Blake3.hash(part) == expected.id)
            }
        }
    }

    private func summary(_ bytes: RawSpan) -> TreeHasher.Summary {
        var hasher = TreeHasher()
        hasher.update(bytes)
        return hasher.finish()
    }
}
