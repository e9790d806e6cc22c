import Testing

@testable import Learn

@Suite struct TokenizerConfigTests {
    @Test func `roles, templates and added tokens are read`() throws {
        let config = try TokenizerConfig(
            Array(
                #"""
                {"bos_token": {"content": "<s>"}, "eos_token": "</s>", "pad_token": null,
                "add_bos_token": true, "model_max_length": 1e30,
                "chat_template": [{"name": "default", "template": "A"},
                {"name": "tools", "template": "B"}],
                "added_tokens_decoder": {"7": {"content": "<x>", "special": true}}}
                """#.utf8))
        #expect(config.roles == ["bos_token": "<s>", "eos_token": "</s>"])
        #expect(config.addsBeginning == true)
        #expect(config.addsEnd == nil)
        #expect(config.chatTemplate == "A")
        #expect(config.namedTemplates == ["tools": "B"])
        #expect(config.added.first?.id == 7)
        #expect(config.added.first?.isNormalized == false)
        let one = try TokenizerConfig(Array(#"{"chat_template": "C"}"#.utf8))
        #expect(one.chatTemplate == "C")
        #expect(throws: LearnError.self) { try TokenizerConfig(Array("[]".utf8)) }
        #expect(throws: LearnError.self) { try TokenizerConfig(Array(#"{"bos_token": 1}"#.utf8)) }
    }
}
