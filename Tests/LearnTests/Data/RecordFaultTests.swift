import Testing

@testable import Learn

@Suite struct RecordFaultTests {
    static let all: [RecordFault] = [
        .notJSON("not valid JSON at byte 3: x"), .notObject(found: "an array"),
        .tooLarge(limit: 16 << 20), .noKind(found: ["a"]), .noKind(found: []),
        .mixedKinds(["text", "prompt"]), .unknownKey("id", kind: "text"),
        .missingKey("completion", kind: "prompt"), .wrongType(key: "text", expected: "text"),
        .emptyValue(key: "text"), .noToken(key: "labels", index: 2, token: 9, vocabulary: 9),
        .labelCount(tokens: 3, labels: 2), .tooLong(tokens: 9, limit: 8, mayBeCut: true),
        .tooLong(tokens: 9, limit: 8, mayBeCut: false), .noTarget, .columns(["a", "b"]),
        .fieldCount(found: 3, columns: 2), .quotes("a quoted field does not end"), .noTokenizer,
        .noTemplate, .refused("the template says no"), .answerChanges(message: 1),
        .answerBegins(message: 1), .tooMuchWork(what: "bytes are written", limit: 256 << 20),
    ]

    @Test("every fault is one sentence without internals", arguments: all)
    func sentence(_ fault: RecordFault) {
        let words = fault.description
        #expect(words.count > 15 && !words.contains("\n") && !words.hasSuffix("."))
        #expect(!words.contains("RecordFault"))
    }

    @Test func `figures and names stand in the sentence`() {
        #expect("\(Self.all[10])".contains("labels[2] is 9, the model has the tokens 0 to 8"))
        #expect("\(Self.all[12])".contains("truncate") && !"\(Self.all[13])".contains("truncate"))
        #expect("\(RecordFault.answerChanges(message: 4))".contains("messages[4]"))
    }

    @Test func `names that a stranger chose are shortened`() {
        let name = String(repeating: "x", count: 10_000)
        #expect("\(RecordFault.unknownKey(name, kind: "text"))".count < 200)
        #expect("\(RecordFault.noKind(found: Array(repeating: name, count: 100)))".count < 600)
    }
}
