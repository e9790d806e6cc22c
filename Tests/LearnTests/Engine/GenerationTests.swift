import Foundation
import Testing

@testable import Learn

@Suite struct GenerationTests {
    private let tiny: TinyModel
    private let engine: Engine
    private let prompt: [Int]

    init() throws {
        tiny = try TinyModel("llama-llama3")
        engine = try tiny.engine()
        prompt = Array(tiny.reference.prompt.prefix(12))
    }

    /// An answer whose tokens decode to `words`, or to their numbers in brackets.
    private func answer(
        _ change: (inout GenerationSettings) -> Void = { _ in },
        words: @escaping (Int) -> String = { "[\($0)]" }, last: String = "",
        each: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws -> Generation.Answer {
        var settings = GenerationSettings()
        settings.tokensMax = 8
        change(&settings)
        let sequence = try engine.makeSequence(
            capacity: Generation.capacity(prompt: prompt.count, settings))
        return try Generation(engine, settings).run(
            sequence, prompt: prompt, history: prompt,
            decode: { $0.map { words($0) } ?? last }, each: each, isCancelled: isCancelled)
    }

    @Test func `a greedy answer is the engine's own continuation, told piece by piece`() throws {
        var pieces: [String] = []
        let answer = try answer(each: { pieces.append($0) })
        let tokens = answer.tokens.map(\.token)
        #expect(tokens == (try engine.greedy(prompt, count: 8)))
        #expect(answer.finish == .length)
        #expect(pieces == tokens.map { "[\($0)]" })
        #expect(answer.text == pieces.joined())
        #expect(answer.tokens.allSatisfy { $0.logProbability == nil && $0.likeliest.isEmpty })
    }

    @Test func `an end is the last token and adds no text`() throws {
        let tokens = try engine.greedy(prompt, count: 8)
        let end = tokens[3]
        let first = try #require(tokens.firstIndex(of: end))
        let answer = try answer { $0.ends = [end] }
        #expect(answer.finish == .stop)
        #expect(answer.tokens.map(\.token) == Array(tokens.prefix(first + 1)))
        #expect(answer.text == tokens.prefix(first).map { "[\($0)]" }.joined())
    }

    @Test func `no tokens asked for are none given`() throws {
        let answer = try answer { $0.tokensMax = 0 }
        #expect(answer.tokens.isEmpty && answer.text.isEmpty && answer.finish == .length)
    }

    @Test func `a stop across the borders of tokens ends the answer before it`() throws {
        var pieces: [String] = []
        let answer = try answer(
            { $0.stops = ["bcabc"] }, words: { _ in "abc" },
            each: { pieces.append($0) })
        #expect(answer.text == "a" && pieces == ["a"])
        #expect(answer.finish == .stop && answer.tokens.count == 2)
    }

    @Test func `what was held back comes out at the end`() throws {
        let answer = try answer(
            {
                $0.stops = ["cx"]
                $0.tokensMax = 2
            }, words: { _ in "abc" }, last: "!")
        #expect(answer.text == "abcabc!" && answer.finish == .length)
        let stopped = try self.answer({ $0.stops = ["c!"] }, words: { _ in "abc" }, last: "!")
        #expect(stopped.text.hasSuffix("ab") && stopped.finish == .stop)
    }

    @Test func `who listens may cancel between two tokens, and what was said is whole`() throws {
        var count = 0
        let answer = try answer(
            { $0.stops = ["cx"] }, words: { _ in "abc" }, last: "!", each: { _ in count += 1 },
            isCancelled: { count == 3 })
        #expect(answer.finish == .cancelled && answer.tokens.count == 3)
        #expect(answer.text == "abcabcabc!")
    }

    @Test func `who cancels before the prompt is run gets no token`() throws {
        let answer = try answer(isCancelled: { true })
        #expect(answer.finish == .cancelled && answer.tokens.isEmpty && answer.text.isEmpty)
    }

    @Test func `probabilities are told if asked for, and change nothing`() throws {
        let plain = try answer()
        let told = try answer { $0.likeliest = 257 }
        #expect(told.tokens.map(\.token) == plain.tokens.map(\.token))
        for token in told.tokens {
            let sum = token.likeliest.reduce(0) { $0 + exp($1.logProbability) }
            #expect(abs(sum - 1) < 1e-5)
            #expect(token.likeliest.first?.token == token.token)
            #expect(token.likeliest.first?.logProbability == token.logProbability)
        }
        let none = try answer { $0.likeliest = 0 }
        #expect(none.tokens.allSatisfy { $0.likeliest.isEmpty && $0.logProbability != nil })
    }

    @Test func `a drawn answer repeats with its seed`() throws {
        func drawn(_ seed: UInt64) throws -> [Int] {
            try answer {
                $0.sampling.temperature = 3
                $0.sampling.seed = seed
            }.tokens.map(\.token)
        }
        #expect(try drawn(1) == drawn(1))
        #expect(try drawn(1) != drawn(2))
    }

    @Test func `settings outside their range are refused before anything runs`() {
        #expect(throws: LearnError.self) { _ = try answer { $0.sampling.topP = 0 } }
    }
}

@Suite struct StopTextTests {
    private func shown(_ stops: [String], _ pieces: [String]) -> (shown: [String], rest: String) {
        var stop = StopText(stops)
        let shown = pieces.map { stop.add($0) }
        return (shown, stop.rest())
    }

    @Test func `without stops everything is shown at once`() {
        #expect(shown([], ["a", "b"]) == (["a", "b"], ""))
        #expect(shown([""], ["a", "b"]) == (["a", "b"], ""))
    }

    @Test func `only what may begin a stop is held back`() {
        #expect(shown(["STOP"], ["aS", "T", "b", "xSTO"]) == (["a", "", "STb", "x"], "STO"))
        #expect(shown(["aab"], ["aaa", "b"]) == (["a", ""], ""))
    }

    @Test func `the first stop in the text wins, and nothing follows it`() {
        #expect(shown(["c", "bc"], ["abcd", "e"]) == (["a", ""], ""))
        #expect(shown(["\n\n"], ["a\n", "\nb"]) == (["a", ""], ""))
    }

    @Test func `characters of several bytes stay whole`() {
        #expect(shown(["é!"], ["aé", "b", "é", "!"]) == (["a", "éb", "", ""], ""))
    }

    @Test func `it knows that it was reached`() {
        var stop = StopText(["x"])
        _ = stop.add("a")
        #expect(!stop.isReached)
        _ = stop.add("bx")
        #expect(stop.isReached && stop.add("more") == "" && stop.rest() == "")
    }
}
