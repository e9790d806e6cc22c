import Testing

@testable import Wire

@Suite struct ColdQuestionTests {
    private func network(_ row: [String: Any]) throws -> BeaconNetwork {
        let id = try #require(Digest(bytes: try VectorFile.bytes(row["network"])))
        let isPrivate = row["swarmKey"] is String
        return BeaconNetwork(
            id: id, swarmKey: isPrivate ? try VectorFile.bytes(row["swarmKey"]) : nil)
    }

    private func rows() throws -> [[String: Any]] {
        try #require(try VectorFile.object("datagrams.json")["cold"] as? [[String: Any]])
    }

    private func place(_ row: [String: Any]) throws -> Endpoint {
        let port = try #require(row["port"] as? Int)
        return try #require(
            Endpoint(bytes: try VectorFile.bytes(row["seen"]), port: UInt16(port)))
    }

    @Test func `the bytes are those of Judges/datagrams.py, both ways`() throws {
        for row in try rows() {
            let network = try network(row)
            let number = try VectorFile.bytes(row["number"])
            let cookie = row["cookie"] is String ? try VectorFile.bytes(row["cookie"]) : nil
            let question = ColdQuestion(number: number, cookie: cookie)
            let bytes = question.bytes(in: network)
            #expect(Array(bytes[..<50]) == (try VectorFile.bytes(row["question"])))
            #expect(bytes.count == 1_200 && bytes[50...].allSatisfy { $0 == 0 })
            #expect(ColdQuestion(bytes, count: 1_200, in: network) == question)
            #expect(question.hasCookie == (cookie != nil))
            let shown = try cookie ?? VectorFile.bytes(row["made"])
            for (answer, name) in [
                (ColdAnswer.cookie(number: number, shown), "cookieAnswer"),
                (.seen(number: number, try place(row)), "answer"),
            ] {
                let bytes = answer.bytes(in: network)
                #expect(bytes == (try VectorFile.bytes(row[name])))
                #expect(bytes.count <= ColdAnswer.bytesMax)
                #expect(try ColdAnswer(bytes, count: bytes.count, in: network) == answer)
            }
        }
    }

    @Test func `a question of another network or another length is none`() throws {
        let rows = try rows()
        let (one, other) = (try network(rows[0]), try network(rows[1]))
        let number = [UInt8](repeating: 1, count: 16)
        let bytes = ColdQuestion(number: number).bytes(in: one)
        #expect(ColdQuestion(bytes, count: 1_200, in: other) == nil)
        #expect(ColdQuestion(bytes, count: 1_199, in: one) == nil)
        #expect(ColdQuestion(Array(bytes[..<50]), count: 1_200, in: one) == nil)
        for bit in 0..<50 * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(ColdQuestion(changed, count: 1_200, in: one) == nil)
        }
    }

    @Test func `no changed bit of an answer is believed`() throws {
        let network = try network(try rows()[0])
        let place = try #require(Endpoint(bytes: [9, 9, 9, 9], port: 5))
        let bytes = ColdAnswer.seen(number: [UInt8](repeating: 1, count: 16), place)
            .bytes(in: network)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: WireError.self) {
                try ColdAnswer(changed, count: changed.count, in: network)
            }
        }
        #expect(throws: WireError.self) { try ColdAnswer(bytes, count: 16, in: network) }
        #expect(throws: WireError.self) { try ColdAnswer([], count: 0, in: network) }
    }
}
