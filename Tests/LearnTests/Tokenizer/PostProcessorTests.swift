import Testing

@testable import Learn

@Suite struct PostProcessorTests {
    @Test func `templates and pairs say what stands around a text`() throws {
        let roberta = #"{"type": "RobertaProcessing", "sep": ["c", 3], "cls": ["b", 2]}"#
        #expect(try TinyTokenizer.make(postProcessor: roberta).encode("a") == [2, 1, 3])
        let both = #"""
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}},
            {"Sequence": {"id": "A"}}], "pair": [],
            "special_tokens": {"x": {"id": "x", "ids": [5, 6], "tokens": ["y", "z"]}}}
            """#
        let tokenizer = try TinyTokenizer.make(postProcessor: both)
        #expect(try tokenizer.encode("a") == [5, 6, 1])
        #expect(try tokenizer.encode("a", addSpecial: false) == [1])
        let pair = #"{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B"}}]}"#
        #expect(throws: LearnError.self) { try TinyTokenizer.make(postProcessor: pair) }
    }
}
