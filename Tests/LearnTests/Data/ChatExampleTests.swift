import Genome
import Testing
import Wire

@testable import Learn

@Suite struct ChatExampleTests {
    private static func tokenizer(_ name: String) throws -> Tokenizer {
        name == "sample"
            ? try SampleTokenizer.load() : try TokenizerVectors.shared.tokenizer(name)
    }

    @Test func `what the assistant said is what Transformers says it said`() throws {
        let vectors = try DataSamples.vectors()
        var tokenizers: [String: Tokenizer] = [:]
        var count = 0
        for row in vectors["chats"]?.array ?? [] {
            let row = row.array ?? []
            let names = row.prefix(3).map { $0.string ?? "" }
            let tokenizer = try tokenizers[names[0]] ?? Self.tokenizer(names[0])
            tokenizers[names[0]] = tokenizer
            let template = try #require(vectors["templates"]?[names[1]]?.string)
            let messages = try #require(vectors["conversations"]?[names[2]]?.array)
            let chat = ChatExample(
                format: try ChatFormat(source: template, tokenizer), tokenizer: tokenizer,
                settings: DataSettings())
            let (ids, isLearned) = try chat.example(messages, tools: nil)
            let expected = row[3].array?.compactMap { $0.integer.map { UInt32($0) } }
            try #require(ids == expected, "\(names)")
            let mask = isLearned.map { $0 ? "1" : "0" }.joined()
            #expect(mask == row[4].string, "\(names)")
            count += 1
        }
        #expect(count > 390)
    }

    @Test func `what is learned of a completion is what TRL learns of it`() throws {
        let vectors = try DataSamples.vectors()
        var count = 0
        for row in vectors["completions"]?.array ?? [] {
            let row = row.array ?? []
            let pair = vectors["prompts"]?.array?[Int(row[1].integer ?? 0)].array ?? []
            let encoder = RecordEncoder(
                tokenizer: try Self.tokenizer(row[0].string ?? ""), format: nil,
                vocabulary: 1 << 20, end: nil, settings: DataSettings())
            let prompt = pair[0].string ?? ""
            let content = DataRecord.Content.completion(
                prompt: prompt, completion: pair[1].string ?? "")
            let found = try encoder.encode(content)
            let before = found.tokens.count - (row[2].array?.count ?? 0)
            #expect(
                found.tokens.dropFirst(before).elementsEqual(
                    row[2].array?.compactMap { $0.integer.map { Int32($0) } } ?? []))
            let masked = found.labels.count { $0 == TrainingExample.masked }
            #expect(masked - before == Int(row[3].integer ?? -1), "\(row[0]) \(pair)")
            #expect(found.promptMerges == row[4].bool)
            count += 1
        }
        #expect(count > 100)
    }

    private static let marked =
        "{% for m in messages %}{{ m.role[0] }}{% if m.role == 'assistant' %}{% generation %}"
        + "{{ m.content }}</s>{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
    private static let chat =
        #"{"messages": [{"role": "c", "content": "b"}, {"role": "assistant", "content": "ab"}]}"#

    @Test func `all of a conversation can be learned`() throws {
        let data = try DataSamples.read(Self.chat, template: Self.marked) { $0.learned = .all }
        let example = data.training[0].example
        #expect(example.labels == example.tokens && example.tokens == [3, 2, 1, 4, 8])
        let said = try DataSamples.read(Self.chat, template: Self.marked)
        #expect(said.template == Blake3.hash(Array(Self.marked.utf8)))
        // One that nothing is written by decides no bit.
        #expect(try DataSamples.read(#"{"text": "a"}"#, template: Self.marked).template == nil)
        #expect(said.training[0].example.labels == [-100, -100, -100, 4, 8])
        #expect(said.notes.isEmpty)
    }

    @Test func `an end that is never learned is told`() throws {
        let outside = Self.marked.replacing(
            "</s>{% endgeneration %}", with: "{% endgeneration %}</s>")
        let data = try DataSamples.read(Self.chat, template: outside)
        #expect(data.training[0].example.labels == [-100, -100, -100, 4, -100])
        #expect(data.notes.map(\.kind) == [.endNotLearned])
    }

    @Test func `a template that changes its mind is refused`() {
        let two = #"""
            {"messages": [{"role": "user", "content": "b"}, {"role": "assistant", "content": "ab"},
            {"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}]}
            """#.replacing("\n", with: " ")
        let last =
            "{% for m in messages %}{{ m.content }}{% if loop.last %}</s>{% endif %}{% endfor %}"
        #expect(
            DataSamples.recordFault(two, template: last)?.fault == .answerChanges(message: 1))
        let think =
            "{% for m in messages %}{{ m.content }}{% endfor %}"
            + "{% if add_generation_prompt %}abc{% endif %}"
        #expect(
            DataSamples.recordFault(two, template: think)?.fault == .answerBegins(message: 1))
        let refusing = "{{ raise_exception('never') }}"
        guard case .refused(let why)? = DataSamples.recordFault(two, template: refusing)?.fault
        else {
            Issue.record("not refused")
            return
        }
        #expect(why.contains("never"))
    }

    @Test func `a conversation without an answer is refused`() {
        let text = #"{"messages": [{"role": "user", "content": "b"}]}"#
        let template = "{% for m in messages %}{{ m.content }}{% endfor %}"
        #expect(DataSamples.recordFault(text, template: template)?.fault == .noTarget)
    }

    @Test func `a template that asks for the date gets the one that was given`() throws {
        let template = Self.marked + "{{ strftime_now('%d') }}"
        guard case .refused? = DataSamples.recordFault(Self.chat, template: template)?.fault else {
            Issue.record("not refused")
            return
        }
        let data = try DataSamples.read(Self.chat, template: template) {
            $0.date = TemplateDate(year: 2024, month: 7, day: 26)
        }
        #expect(data.training.count == 1)
    }

    @Test func `what a template writes for one conversation is counted, and ends`() throws {
        let tokenizer = try TinyTokenizer.make()
        let template = "{% for m in messages %}{{ m.content }}{% endfor %}"
        var chat = ChatExample(
            format: try ChatFormat(source: template, tokenizer), tokenizer: tokenizer,
            settings: DataSettings())
        let messages: [JSONValue] = (0..<8).map { index in
            ["role": index % 2 == 0 ? "user" : "assistant", "content": "ab"]
        }
        _ = try chat.example(messages, tools: nil)
        chat.renderedBytesMax = 40
        #expect(throws: RecordFault.tooMuchWork(what: "bytes are written", limit: 40)) {
            _ = try chat.example(messages, tools: nil)
        }
    }
}
