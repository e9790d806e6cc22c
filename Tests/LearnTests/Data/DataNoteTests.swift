import Testing

@testable import Learn

@Suite struct DataNoteTests {
    private let place = DataPlace(file: "a.csv", line: 2)

    @Test("every note is one sentence", arguments: DataNote.Kind.allCases)
    func sentence(_ kind: DataNote.Kind) {
        let words = DataNote(kind, count: 3, first: place).description
        #expect(words.count > 20 && !words.contains("\n") && !words.hasSuffix("."))
    }

    @Test func `a note about records counts them and names the first`() {
        #expect(
            "\(DataNote(.skipped, count: 3, first: place))".hasPrefix("3 records (first: a.csv"))
        #expect("\(DataNote(.skipped, count: 1, first: place))".hasPrefix("1 record (a.csv"))
    }
}
