import Testing

@testable import Learn

@Suite struct RequestFaultTests {
    static let all: [RequestFault] = [
        .tooLong(tokens: 9, limit: 8), .empty, .noToken(11, vocabulary: 11),
        .setting(name: "top-p", allowed: "above 0 and at most 1"), .noMemory(bytes: 3 << 20),
        .notFinite(position: 4),
    ]

    @Test("every fault is one sentence without internals", arguments: all)
    func sentence(_ fault: RequestFault) {
        let words = LearnError.request(fault).description
        #expect(words == fault.description && words.count > 10)
        #expect(!words.contains("\n") && !words.hasSuffix(".") && !words.contains("RequestFault"))
    }

    @Test func `figures stand in the sentence`() {
        #expect("\(RequestFault.noToken(11, vocabulary: 11))".contains("0 to 10"))
        #expect("\(RequestFault.noMemory(bytes: 3 << 20))".contains("3 MiB"))
    }
}
