import Genome
import Testing

/// Documents generated at random and written by another implementation (PyPI `rfc8785`).
@Suite("Generated JSON documents")
struct GeneratedDocumentTests {
    private let limits = JSONLimits(bytes: 1 << 20, depth: 128)

    @Test("are written as another implementation of RFC 8785 writes them")
    func agree() throws {
        let cases = try #require(try VectorFile.json("canonical.json").array)
        #expect(cases.count > 100)
        for vector in cases {
            let input = try #require(vector["in"]?.string)
            let output = try #require(vector["out"]?.string)
            let value = try JSONParser.parse(Array(input.utf8), limits: limits)
            #expect(CanonicalJSON.write(value) == Array(output.utf8))
            #expect(CanonicalJSON.isCanonical(Array(output.utf8), limits: limits))
        }
    }
}
