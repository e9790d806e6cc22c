import Genome
import Testing

@Suite("A record of a memory")
struct MemoryRecordTests {
    private func record(_ line: String) throws -> MemoryRecord {
        try MemoryRecord(line: Array(line.utf8))
    }

    @Test func `is a text with what else is known of it`() throws {
        let read = try record(
            #"{"text":"High water at noon.","importance":0.75,"time":12,"vector":[1,-0.5],"x":[]}"#)
        #expect(
            read
                == MemoryRecord(
                    text: "High water at noon.", importance: 0.75, time: 12, vector: [1, -0.5]))
        let bare = try record(#"{"text":"a"}"#)
        #expect(bare.importance == 0.5 && bare.time == nil && bare.vector == nil)
        #expect(try record(#"{"text":"a","importance":"0.25"}"#).importance == 0.25)
    }

    @Test func `cannot begin a line of its own`() throws {
        #expect(try record(#"{"text":" a\n- b\r\n\tc  d\u2028e "}"#).text == "a - b c d e")
        #expect(MemoryRecord.prompt(["a", "b"]) == "Remembered:\n- a\n- b")
        #expect(MemoryRecord.prompt([]).isEmpty)
    }

    @Test(
        "is refused otherwise",
        arguments: [
            "", "[]", "{}", #"{"text":1}"#, #"{"text":""}"#, #"{"text":"\n"}"#,
            #"{"text":"a\u0007b"}"#, #"{"text":"a\u202eb"}"#, #"{"text":"a","importance":2}"#,
            #"{"text":"a","importance":-0.1}"#, #"{"text":"a","importance":"x"}"#,
            #"{"text":"a","importance":"nan"}"#, #"{"text":"a","time":-1}"#,
            #"{"text":"a","time":1.5}"#, #"{"text":"a","vector":[]}"#,
            #"{"text":"a","vector":[0,0]}"#, #"{"text":"a","vector":[1e300]}"#,
            #"{"text":"a","vector":["1"]}"#, #"{"text":"a","vector":{}}"#,
            "{\"text\":\"" + String(repeating: "a", count: 8_193) + "\"}",
        ])
    func refuses(_ line: String) { #expect(Fixtures.fault { _ = try record(line) } != nil) }
}
