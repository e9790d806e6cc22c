import Testing

@testable import Learn

@Suite struct DataFaultTests {
    private static let place = DataPlace(file: "poems.jsonl", line: 7)
    static let all: [DataFault] = [
        .unreadable(file: "poems.jsonl", "no such file"), .unknownKind(file: "poems.jsonl"),
        .empty(file: "poems.jsonl"), .tooLarge(file: "poems.jsonl", limit: 1 << 30),
        .binary(place), .notUTF8(place), .encoding(file: "poems.jsonl", "UTF-16"),
        .record(place, .noTarget),
    ]

    @Test("every fault names the file and is one sentence", arguments: all)
    func sentence(_ fault: DataFault) {
        let words = LearnError.data(fault).description
        #expect(words == fault.description && words.contains("poems.jsonl"))
        #expect(!words.contains("\n") && !words.hasSuffix(".") && !words.contains("DataFault"))
    }

    @Test func `a fault of a record names its line`() {
        #expect("\(DataFault.record(Self.place, .noTarget))".hasPrefix("poems.jsonl, line 7: "))
        #expect("\(DataFault.binary(Self.place))".contains("line 7"))
        #expect("\(DataFault.tooLarge(file: "x", limit: 1 << 30))".contains("1024 MiB"))
    }

    @Test func `faults of all files together say what to do`() {
        #expect("\(DataFault.nothingToLearn)".contains("give more data"))
        #expect("\(DataFault.tooMuch(what: "tokens", limit: 9))".contains("more than 9 tokens"))
        #expect("\(DataFault.setting(name: "x", allowed: "y"))" == "x must be y")
    }
}
