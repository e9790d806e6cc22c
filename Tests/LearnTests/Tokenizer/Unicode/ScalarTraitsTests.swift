import Testing

@testable import Learn

@Suite struct ScalarTraitsTests {
    @Test func `traits differ`() {
        let all: [ScalarTraits] = [
            .letter, .number, .space, .mark, .word, .plainWord, .punctuation, .digit, .accent,
            .opening, .closing, .lineEnd,
        ]
        #expect(Set(all.map(\.rawValue)).count == all.count)
    }
}
