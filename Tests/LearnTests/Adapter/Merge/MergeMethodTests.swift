import Testing

@testable import Learn

@Suite struct MergeMethodTests {
    @Test func `methods have the names that PEFT gives them`() {
        #expect(
            MergeMethod.allCases.map(\.rawValue) == [
                "svd", "cat", "linear", "ties", "dare_linear", "dare_ties", "magnitude_prune",
            ])
    }

    @Test func `methods know what they need`() {
        #expect(MergeMethod.allCases.filter { !$0.isFactorwise } == [.svd, .cat])
        #expect(
            MergeMethod.allCases.filter(\.prunes)
                == [.ties, .dareLinear, .dareTies, .magnitudePrune])
        #expect(MergeMethod.allCases.filter(\.drawsAtRandom) == [.dareLinear, .dareTies])
        #expect(MergeMethod.allCases.filter(\.electsSign) == [.ties, .dareTies])
    }

    @Test func `settings outside their range are refused by name`() throws {
        try MergeSettings().check()
        for density in [0, -1, 1.1, .nan, .infinity] {
            var settings = MergeSettings()
            settings.density = density
            #expect(throws: LearnError.self) { try settings.check() }
        }
        for rank in [0, -1, 65_537] {
            var settings = MergeSettings()
            settings.rank = rank
            #expect(throws: LearnError.self) { try settings.check() }
        }
    }
}
