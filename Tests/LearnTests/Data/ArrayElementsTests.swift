import Testing

@testable import Learn

@Suite struct ArrayElementsTests {
    private func elements(_ text: String) throws -> [String] {
        let file = try DataSamples.file(text, "x.json")
        return try ArrayElements.find(in: file).map {
            String(decoding: file.bytes[$0.range], as: UTF8.self)
        }
    }

    @Test func `elements are cut at the commas between them alone`() throws {
        #expect(
            try elements(#"[{"a": [1, "]"]}, "\",", {}]"#) == [
                #"{"a": [1, "]"]}"#, #""\",""#, "{}",
            ])
        #expect(try elements("[ 1 ]").map { $0.filter { $0 != " " } } == ["1"])
        #expect(try elements("[]") == [])
    }

    @Test(
        "an array that is none is refused",
        arguments: ["[", "[1", "[1,", "[1,]", "[,1]", "[1] 2", "[\"a]", "[\"\\", "[{]", "[1,,2]"])
    func broken(_ text: String) throws {
        let error = #expect(throws: LearnError.self) {
            _ = try DataSamples.read(text, "x.json")
        }
        #expect(error?.description.hasPrefix("x.json, line 1: ") == true)
    }

    @Test func `a mistake is told with the line of its element`() {
        let text = "[\n{\"text\": \"a\"},\n\n{\"text\": 3}\n]"
        #expect(
            DataSamples.recordFault(text, "x.json")?.line == 4
                && DataSamples.recordFault(text, "x.json")?.fault
                    == .wrongType(key: "text", expected: "text")
        )
    }
}
