import FuzzTargets
import Testing

/// A short run of every fuzz target without a fuzzer, so that an ordinary test run finds the
/// simple mistakes. The fuzzers of `Tests/Fuzz` run the same targets with coverage.
@Suite("Readers of a stranger's bytes")
struct FuzzSmokeTests {
    @Test("survive anything", arguments: FuzzTarget.all.map(\.name))
    func survive(_ name: String) {
        let target = FuzzTarget.named(name)
        for seed in target.seeds { target.run(seed) }
        target.run([])
        var mutator = Mutator(seed: 0x5eed)
        var corpus = target.seeds
        for round in 0..<3_000 {
            let input = mutator.mutated(corpus)
            target.run(input)
            // Changed inputs are changed further, so that faults may add up.
            if round % 50 == 0, input.count < 4_096 { corpus.append(input) }
        }
    }

    @Test("have names and seeds")
    func names() {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(FuzzTarget.all.allSatisfy { !$0.seeds.isEmpty })
    }

    @Test("begin with sessions that fetch and serve")
    func sessions() {
        let samples = FuzzTarget.sessionSamples
        #expect(samples.map(\.taken) == [1, 0, 1, 1])
        #expect(samples.map(\.left) == [0, 1, 0, 0])
        #expect((samples.last?.parts ?? 0) >= 8)
    }

    @Test("are fed the same inputs by the same seed")
    func repeats() {
        var one = Mutator(seed: 1)
        var other = Mutator(seed: 1)
        for _ in 0..<100 {
            #expect(one.mutated([[1, 2, 3], [4]]) == other.mutated([[1, 2, 3], [4]]))
        }
    }
}
