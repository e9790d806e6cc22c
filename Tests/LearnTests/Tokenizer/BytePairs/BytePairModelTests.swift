import Testing

@testable import Learn

@Suite struct BytePairModelTests {
    @Test func `unknown characters become what the options say`() throws {
        #expect(try TinyTokenizer.make().encode("abcabx") == [5, 4, 0])
        let vocabulary = #""vocab": {"?": 0, "a": 1, "<0xC3>": 2, "<0xA9>": 3}"#
        func ids(_ options: String) throws -> [UInt32] {
            let model = #"{"type": "BPE", "merges": [], \#(options) \#(vocabulary)}"#
            return try TinyTokenizer.make(model: model).encode("aééxx")
        }
        #expect(try ids("") == [1])
        #expect(try ids(#""unk_token": "?","#) == [1, 0, 0, 0, 0])
        #expect(try ids(#""unk_token": "?", "fuse_unk": true,"#) == [1, 0])
        #expect(try ids(#""byte_fallback": true,"#) == [1, 2, 3, 2, 3])
    }

    @Test func `parts that contradict each other are refused`() {
        for model in [
            #"{"vocab": {"a": 0}, "merges": ["a b"]}"#, #"{"vocab": {"a": 0}, "merges": ["a a"]}"#,
            #"{"vocab": {"a": 0}, "merges": [], "unk_token": "?"}"#,
            #"{"vocab": {"a": "0"}, "merges": []}"#, #"{"vocab": {"a": 0}, "merges": ["a"]}"#,
            #"{"vocab": {"a": 0}, "merges": [], "dropout": 0.1}"#,
            #"{"vocab": {"a": 0}, "merges": [], "new": 1}"#,
        ] {
            #expect(throws: LearnError.self) { try TinyTokenizer.make(model: model) }
        }
    }
}
