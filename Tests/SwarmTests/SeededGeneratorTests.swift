import Testing

@testable import Swarm

@Suite struct SeededGeneratorTests {
    @Test func `gives the published numbers of xoshiro256** started by SplitMix64`() {
        var zero = SeededGenerator(seed: 0)
        let expected: [UInt64] = [
            0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0,
            0x6aa5_94f1_262d_2d2c,
        ]
        let numbers = expected.map { _ in zero.next() }
        #expect(numbers == expected)
    }

    @Test func `equal seeds give equal streams, others do not`() {
        var first = SeededGenerator(seed: 9)
        var second = SeededGenerator(seed: 9)
        var third = SeededGenerator(seed: 10)
        let numbers = (0..<100).map { _ in first.next() }
        let same = (0..<100).map { _ in second.next() }
        let others = (0..<100).map { _ in third.next() }
        #expect(numbers == same && numbers != others)
        #expect(Set(numbers).count == 100)
    }
}
