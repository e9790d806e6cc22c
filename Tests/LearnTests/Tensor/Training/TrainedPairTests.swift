import Testing

@testable import Learn

@Suite struct TrainedPairTests {
    @Test func `A starts within its bound and B at zero, by seed and module`() throws {
        let training = try TrainingCase("qwen2")
        let linear = training.model.blocks[0].down
        let make = { (index: Int, seed: UInt64) in
            let pair = try TrainedPair(
                linear, index: index, rank: 4, alpha: 8, isRankStabilised: false)
            pair.start(seed: seed)
            return pair
        }
        let pair = try make(3, 7)
        let bound = 1 / Float(linear.inputs).squareRoot()
        let values = pair.downValues()
        #expect(values.allSatisfy { abs($0) <= bound })
        #expect(values.max() ?? 0 > bound * 0.9 && values.min() ?? 0 < -bound * 0.9)
        #expect(pair.upValues().allSatisfy { $0 == 0 })
        #expect(pair.scale == 2)
        #expect(try make(3, 7).downValues() == values)
        #expect(try make(4, 7).downValues() != values)
        #expect(try make(3, 8).downValues() != values)
    }

    @Test func `B is kept transposed and given back as it came`() throws {
        let training = try TrainingCase("qwen2")
        let pair = try TrainedPair(
            training.model.blocks[0].down, index: 0, rank: 3, alpha: 3, isRankStabilised: true)
        let values = (0..<pair.up.count).map { Float($0) }
        pair.setUp(values)
        #expect(pair.upValues() == values)
        #expect(pair.up.values[1] == 3)
        #expect(pair.scale == Float(3 / 3.0.squareRoot()))
    }
}
