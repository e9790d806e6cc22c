import Testing

@testable import Learn

@Suite struct CounterRandomTests {
    @Test func `gives the known answers of Philox 4x32-10`() {
        #expect(
            CounterRandom.philox([0, 0, 0, 0], key: (0, 0))
                == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones: UInt32 = 0xffff_ffff
        #expect(
            CounterRandom.philox([ones, ones, ones, ones], key: (ones, ones))
                == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        // The digits of pi.
        #expect(
            CounterRandom.philox(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                key: (0xa409_3822, 0x299f_31d0))
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test func `depends on seed, purpose, counter and lane, and on nothing drawn before`() {
        let random = CounterRandom(seed: 7, purpose: .sampling)
        let seventh = random.uniform(7)
        for counter in 0..<7 { _ = random.uniform(UInt64(counter)) }
        #expect(random.uniform(7) == seventh)
        #expect(CounterRandom(seed: 7, purpose: .pruning).uniform(7) != seventh)
        #expect(CounterRandom(seed: 8, purpose: .sampling).uniform(7) != seventh)
        #expect(CounterRandom(seed: 7 + 1 << 32, purpose: .sampling).uniform(7) != seventh)
        #expect(random.uniform(7, lane: 1) != seventh)
        #expect(random.uniform(7 + 1 << 32) != seventh)
    }

    @Test func `fills the unit interval evenly`() {
        let random = CounterRandom(seed: 1, purpose: .sampling)
        let numbers = (0..<20_000).map { random.uniform(UInt64($0)) }
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        let mean = numbers.reduce(0, +) / 20_000
        let square = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean - 0.5) < 0.01)
        #expect(abs(square - 1.0 / 12) < 0.002)
    }
}
