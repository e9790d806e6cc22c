import Testing

@testable import Learn

@Suite struct RecordEncoderTests {
    private func examples(_ text: String) throws -> [TrainingExample] {
        try DataSamples.read(text).training.map(\.example)
    }

    @Test func `a text is learned whole, with one end`() throws {
        let found = try examples("{\"text\": \"abca\"}\n{\"text\": \"ab</s>\"}")
        #expect(found[0] == TrainingExample(tokens: [5, 1, 8], labels: [5, 1, 8]))
        #expect(found[1] == TrainingExample(tokens: [4, 8], labels: [4, 8]))
    }

    @Test func `a prompt is read and its completion is learned, with its end`() throws {
        let found = try examples(#"{"prompt": "cc", "completion": "ab"}"#)
        #expect(found == [TrainingExample(tokens: [3, 3, 4, 8], labels: [-100, -100, 4, 8])])
        let empty = try examples(#"{"prompt": "", "completion": "ab"}"#)
        #expect(empty == [TrainingExample(tokens: [4, 8], labels: [4, 8])])
    }

    @Test func `a token across prompt and completion is learned and told`() throws {
        let data = try DataSamples.read(#"{"prompt": "ca", "completion": "bc"}"#)
        #expect(
            data.training[0].example == TrainingExample(tokens: [3, 5, 8], labels: [-100, 5, 8]))
        let place = DataPlace(file: "x.jsonl", line: 1)
        #expect(data.notes == [DataNote(.promptMerges, count: 1, first: place)])
    }

    @Test func `tokens before a text stand once before prompt and completion`() throws {
        let first = DataSamples.end.replacing("\"id\": 8", with: "\"id\": 9")
            .replacing("</s>", with: "<s>")
        let tokenizer = try TinyTokenizer.make(
            added: "\(DataSamples.end), \(first)",
            config: #"""
                {"eos_token": "</s>", "bos_token": "<s>", "add_bos_token": true,
                "add_eos_token": true}
                """#)
        var reader = try DataReader(
            tokenizer: tokenizer, format: nil, vocabulary: 10, ends: [], settings: DataSettings())
        try reader.read(try DataSamples.file(#"{"prompt": "c", "completion": "a"}"#))
        try reader.read(try DataSamples.file(#"{"text": "c"}"#))
        let data = try reader.finish()
        #expect(
            data.training.map(\.example) == [
                TrainingExample(tokens: [9, 3, 1, 8], labels: [-100, -100, 1, 8]),
                TrainingExample(tokens: [9, 3, 8], labels: [9, 3, 8]),
            ])
        #expect(data.notes.isEmpty)
    }

    @Test func `tokens are used as they are`() throws {
        let found = try examples(
            "{\"input_ids\": [8, 8, 1]}\n{\"input_ids\": [1, 8, 8], \"labels\": [-100, 8, -100]}")
        #expect(found[0] == TrainingExample(tokens: [8, 8, 1], labels: [8, 8, 1]))
        #expect(found[1] == TrainingExample(tokens: [1, 8, 8], labels: [-100, 8, -100]))
    }

    @Test func `padding that is the end is learned where it stands for the end`() throws {
        let tokenizer = try TinyTokenizer.make(
            added: DataSamples.end, config: #"{"eos_token": "</s>", "pad_token": "</s>"}"#)
        var reader = try DataReader(
            tokenizer: tokenizer, format: nil, vocabulary: 9, ends: [], settings: DataSettings())
        try reader.read(try DataSamples.file(#"{"prompt": "a</s>", "completion": "c"}"#))
        #expect(try reader.finish().training[0].example.labels == [-100, -100, 3, 8])
    }

    @Test func `without an end of the tokenizer the only end of the model is taken`() throws {
        for (ends, tokens) in [(Set([0]), [3, 3, 0]), ([0, 8], [3, 3]), ([], [3, 3])]
            as [(Set<Int>, [Int32])]
        {
            var reader = try DataReader(
                tokenizer: try TinyTokenizer.make(added: DataSamples.end), format: nil,
                vocabulary: 9, ends: ends, settings: DataSettings())
            try reader.read(try DataSamples.file(#"{"prompt": "c", "completion": "c"}"#))
            #expect(try reader.finish().training[0].example.tokens == tokens)
        }
    }

    @Test func `a base without tokenizer takes tokens only`() throws {
        var reader = try DataReader(
            tokenizer: nil, format: nil, vocabulary: 9, ends: [], settings: DataSettings())
        try reader.read(try DataSamples.file(#"{"input_ids": [1, 2]}"#))
        for text in [#"{"text": "a"}"#, #"{"prompt": "a", "completion": "b"}"#] {
            let error = #expect(throws: LearnError.self) {
                try reader.read(try DataSamples.file(text))
            }
            #expect(
                error == .data(.record(DataPlace(file: "x.jsonl", line: 1), .noTokenizer)))
        }
        #expect(DataSamples.recordFault(#"{"messages": [{"role": "user"}]}"#)?.fault == .noTemplate)
    }

    @Test func `a token that the model has no row for is refused`() throws {
        var reader = try DataReader(
            tokenizer: try DataSamples.tokenizer(), format: nil, vocabulary: 8, ends: [],
            settings: DataSettings())
        let error = #expect(throws: LearnError.self) {
            try reader.read(try DataSamples.file(#"{"text": "a</s>"}"#))
        }
        #expect(
            error?.description.contains("text[1] is 8, the model has the tokens 0 to 7") == true)
    }
}
