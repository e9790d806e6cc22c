import Testing
import Wire

@Suite struct SearchAnswerTests {
    @Test func `the largest fits one frame and comes back as it was`() throws {
        let records = [[UInt8]](
            repeating: [UInt8](repeating: 7, count: 650), count: Limits.answerRecordsMax)
        let answer = SearchAnswer(number: .max, outcome: .found(reached: 9, records: records))
        let message = Message.searchAnswer(answer)
        #expect(message.bytes.count <= Limits.recordPayloadMax)
        #expect(try Message(bytes: message.bytes) == message)
        let refusal = Message.searchAnswer(SearchAnswer(number: 1, outcome: .refused))
        #expect(refusal.bytes == [157, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        #expect(try Message(bytes: refusal.bytes) == refusal)
    }

    @Test func `too many records, too many bytes, an unknown outcome are refused`() throws {
        let head: [UInt8] = [157, 0, 0, 0, 0, 0, 0, 0, 1]
        let found = head + [1, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(throws: WireError.tooLarge("records")) { try Message(bytes: found + [101]) }
        #expect(throws: WireError.invalid("outcome of a search")) {
            try Message(bytes: head + [2])
        }
        var writer = Writer()
        writer.write(found)
        writer.writeVarint(64)
        for _ in 0..<64 { writer.writeCounted([UInt8](repeating: 1, count: 1_024)) }
        #expect(throws: WireError.tooLarge("answer")) { try Message(bytes: writer.bytes) }
        #expect(throws: WireError.truncated) { try Message(bytes: found + [1, 9]) }
    }

    @Test func `the bytes are those of Judges/searches.py, both ways`() throws {
        let file = try VectorFile.object("searches.json")
        let rows = try #require(file["messages"] as? [[String: Any]])
        #expect(rows.count == 5)
        for row in rows {
            let bytes = try VectorFile.bytes(row["bytes"])
            let message = try Message(bytes: bytes)
            #expect(message.bytes == bytes)
            switch message {
            case .search(let request):
                #expect(row["kind"] as? String == "search")
                #expect(
                    String(decoding: request.question, as: UTF8.self) == row["question"] as? String)
            case .searchAnswer(let answer):
                guard case .found(let reached, let records) = answer.outcome else {
                    #expect(row["kind"] as? String == "refused")
                    continue
                }
                #expect(String(reached) == row["reached"] as? String)
                #expect(records.map { Hexadecimal.encode($0) } == row["records"] as? [String])
            default: Issue.record("\(message)")
            }
        }
    }
}
