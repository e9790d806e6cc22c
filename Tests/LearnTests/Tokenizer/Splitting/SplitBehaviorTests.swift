import Testing

@testable import Learn

@Suite struct SplitBehaviorTests {
    private func pieces(_ behavior: SplitBehavior, inverts: Bool = false) -> [Range<Int>] {
        var pieces: [PieceText.Piece] = []
        let matches = [(1, 2), (2, 3), (5, 6)].map { PieceText.Piece($0.0, $0.1) }
        behavior.apply(matches, to: 0..<7, inverts: inverts, into: &pieces)
        return pieces.map(\.range)
    }

    @Test func `each behaviour cuts in its way`() {
        #expect(pieces(.removed) == [0..<1, 3..<5, 6..<7])
        #expect(pieces(.removed, inverts: true) == [1..<2, 2..<3, 5..<6])
        #expect(pieces(.isolated) == [0..<1, 1..<2, 2..<3, 3..<5, 5..<6, 6..<7])
        #expect(pieces(.mergedWithPrevious) == [0..<2, 2..<3, 3..<6, 6..<7])
        #expect(pieces(.mergedWithNext) == [0..<1, 1..<2, 2..<5, 5..<7])
        #expect(pieces(.contiguous) == [0..<1, 1..<3, 3..<5, 5..<6, 6..<7])
    }
}
