import Testing

@testable import Learn

@Suite struct VocabularyTests {
    @Test func `tokens and ids lead to each other`() throws {
        var vocabulary = Vocabulary(capacity: 2)
        try vocabulary.insert([1], id: 5)
        try vocabulary.insert([2, 3], id: 2)
        #expect(vocabulary.id(of: [2, 3]) == 2)
        #expect(vocabulary.token(of: 5) == [1])
        #expect(vocabulary.token(of: 3) == nil)
        #expect(vocabulary.idEnd == 6 && vocabulary.count == 2)
        #expect(throws: LearnError.self) { try vocabulary.insert([4], id: -1) }
        #expect(throws: LearnError.self) { try vocabulary.insert([4], id: 2_000_000) }
    }
}
