import Testing

@testable import Learn

@Suite struct BlockedSumTests {
    @Test func `a sum is that of its blocks in order`() {
        for count in [0, 1, 511, 512, 513, 1_024, 1_025, 2_000] {
            let numbers = (0..<count).map { 1 / Double($0 + 3) }
            var sum = BlockedSum()
            for number in numbers { sum.add(number) }
            var total = 0.0
            for start in stride(from: 0, to: count, by: 512) {
                var chain = 0.0
                for number in numbers[start..<min(start + 512, count)] { chain += number }
                total = start == 0 ? chain : total + chain
            }
            #expect(sum.value == total, "\(count)")
            #expect(sum.isEmpty == (count == 0))
        }
    }
}
