import Genome
import Testing

@testable import Learn

@Suite struct DataRecordTests {
    private func content(_ text: String) throws -> DataRecord.Content {
        let value = try JSONParser.parse(Array(text.utf8), limits: JSONLimits(bytes: 4_096))
        return try DataRecord.Content(try #require(value.object), vocabulary: 9)
    }

    private func fault(_ text: String) -> RecordFault? {
        do {
            _ = try content(text)
        } catch let fault as RecordFault {
            return fault
        } catch {
            Issue.record(error)
        }
        return nil
    }

    @Test func `each kind is told by its keys`() throws {
        #expect(try content(#"{"text": "a"}"#) == .text("a"))
        #expect(
            try content(#"{"completion": "b", "prompt": ""}"#)
                == .completion(prompt: "", completion: "b"))
        #expect(try content(#"{"input_ids": [1, 8]}"#) == .tokens([1, 8], labels: nil))
        #expect(
            try content(#"{"input_ids": [1, 8], "labels": [-100, 0]}"#)
                == .tokens([1, 8], labels: [-100, 0]))
        let message: JSONValue = ["role": "user", "content": "a"]
        #expect(
            try content(#"{"messages": [{"role": "user", "content": "a"}], "tools": null}"#)
                == .chat(messages: [message], tools: nil))
        #expect(
            try content(#"{"messages": [{"role": "user", "content": "a"}], "tools": [{}]}"#)
                == .chat(messages: [message], tools: [[:]]))
    }

    @Test func `keys that are missing, mixed or unknown are refused by name`() {
        #expect(fault("{}") == .noKind(found: []))
        #expect(fault(#"{"instruction": "a"}"#) == .noKind(found: ["instruction"]))
        #expect(fault(#"{"text": "a", "prompt": "b"}"#) == .mixedKinds(["text", "prompt"]))
        #expect(fault(#"{"text": "a", "labels": [1]}"#) == .mixedKinds(["text", "labels"]))
        #expect(fault(#"{"text": "a", "id": 3}"#) == .unknownKey("id", kind: "text"))
        #expect(fault(#"{"prompt": "a"}"#) == .missingKey("completion", kind: "prompt"))
        #expect(fault(#"{"completion": "a"}"#) == .missingKey("prompt", kind: "prompt"))
        #expect(fault(#"{"tools": []}"#) == .missingKey("messages", kind: "messages"))
    }

    @Test func `values of another type are refused by name`() {
        #expect(fault(#"{"text": 3}"#) == .wrongType(key: "text", expected: "text"))
        #expect(fault(#"{"text": ""}"#) == .emptyValue(key: "text"))
        #expect(fault(#"{"prompt": "a", "completion": ""}"#) == .emptyValue(key: "completion"))
        #expect(fault(#"{"messages": []}"#) == .emptyValue(key: "messages"))
        #expect(fault(#"{"input_ids": []}"#) == .emptyValue(key: "input_ids"))
        for wrong in [
            #"{"messages": "a"}"#, #"{"messages": ["a"]}"#, #"{"messages": [{"content": "a"}]}"#,
            #"{"messages": [{"role": 3}]}"#, #"{"input_ids": "a"}"#, #"{"input_ids": [1.5]}"#,
            #"{"messages": [{"role": "user"}], "tools": {}}"#,
            #"{"prompt": [{"role": "user"}], "completion": "a"}"#,
        ] {
            if case .wrongType? = fault(wrong) {} else { Issue.record("\(wrong)") }
        }
        #expect(
            fault(#"{"messages": [{"role": "assistant", "content": "a", "weight": 0}]}"#)
                == .unknownKey("messages[0].weight", kind: "messages"))
    }

    @Test func `tokens and labels must exist in the model`() {
        for (token, text) in [(Int64(9), "9"), (-1, "-1"), (1 << 40, "1099511627776")] {
            #expect(
                fault(#"{"input_ids": [1, \#(text)]}"#)
                    == .noToken(key: "input_ids", index: 1, token: token, vocabulary: 9))
        }
        #expect(
            fault(#"{"input_ids": [-100]}"#)
                == .noToken(key: "input_ids", index: 0, token: -100, vocabulary: 9))
        #expect(
            fault(#"{"input_ids": [1], "labels": [-1]}"#)
                == .noToken(key: "labels", index: 0, token: -1, vocabulary: 9))
        #expect(
            fault(#"{"input_ids": [1, 2], "labels": [1]}"#) == .labelCount(tokens: 2, labels: 1))
    }

    @Test func `a conversation has a bounded number of messages`() {
        let message = #"{"role": "user", "content": ""}"#
        let many = Array(repeating: message, count: DataLimits.messagesMax + 1)
        let text = "{\"messages\": [\(many.joined(separator: ","))]}"
        guard case .wrongType? = DataSamples.recordFault(text)?.fault else {
            Issue.record("not refused")
            return
        }
    }
}
