import Testing

@testable import Learn

@Suite struct ModelEndsTests {
    private func ends(_ files: [String: String]) throws -> Set<Int> {
        let scratch = try ScratchFolder()
        let folder = try scratch.write(
            files.map { ($0.key, Array($0.value.utf8)) }, to: "base")
        return try ModelEnds.read(try LayerFiles(folder: folder))
    }

    @Test func `the generation configuration comes before the model's`() throws {
        let config = #"{"eos_token_id": 2}"#
        #expect(try ends(["config.json": config]) == [2])
        #expect(
            try ends([
                "config.json": config, "generation_config.json": #"{"eos_token_id": [5, 6]}"#,
            ]) == [5, 6])
        for silent in ["{}", #"{"eos_token_id": null}"#] {
            #expect(try ends(["config.json": config, "generation_config.json": silent]) == [2])
        }
    }

    @Test func `a model may have no end`() throws {
        #expect(try ends(["config.json": "{}"]).isEmpty)
        #expect(try ends([:]).isEmpty)
    }

    @Test func `a file that is no JSON is refused by name`() {
        #expect(throws: LearnError.self) { _ = try ends(["generation_config.json": "{"]) }
    }
}
