import Genome
import Testing
import Wire

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    @Test("agrees with the vectors of RFC 8785's reference implementation")
    func agreesWithReference() throws {
        let vectors = try #require(try VectorFile.json("rfc8785.json").array)
        #expect(vectors.count == 6)
        for vector in vectors {
            let input = try #require(vector["input"]?.string.flatMap { Hexadecimal.decode($0) })
            let output = try #require(vector["output"]?.string.flatMap { Hexadecimal.decode($0) })
            let value = try JSONParser.parse(input, limits: Fixtures.limits)
            #expect(CanonicalJSON.write(value) == output)
            #expect(CanonicalJSON.isCanonical(output, limits: Fixtures.limits))
            #expect(!CanonicalJSON.isCanonical(input, limits: Fixtures.limits))
        }
    }

    @Test("orders names by UTF-16 code units, where a surrogate comes before U+FB33")
    func ordersByUTF16() throws {
        let value = try Fixtures.parse("{\"\u{fb33}\":1,\"\u{1f602}\":2,\"b\":3,\"a\":4}")
        let text = String(decoding: CanonicalJSON.write(value), as: UTF8.self)
        #expect(text == "{\"a\":4,\"b\":3,\"\u{1f602}\":2,\"\u{fb33}\":1}")
    }

    @Test(
        "other spellings of the same value are not canonical",
        arguments: [
            " 1", "1.0", "1e0", "-0", "{\"b\":1,\"a\":2}", "[1, 2]", #""\u0061""#, #""\/""#,
            "\"\\u001F\"", "1E30", "9007199254740993", "0.10", "", "[1",
        ])
    func refusesOtherSpellings(_ text: String) {
        #expect(!CanonicalJSON.isCanonical(Array(text.utf8), limits: Fixtures.limits), "\(text)")
    }

    @Test("reading names the document that is not canonical")
    func readNamesDocument() {
        let fault = Fixtures.fault {
            _ = try CanonicalJSON.read(
                Array("[ ]".utf8), limits: Fixtures.limits, what: "manifest")
        }
        #expect(fault == .notCanonical("manifest"))
    }

    @Test("whole numbers beyond 2^53 are written as the double they are")
    func wholeNumbersBeyondDoubles() {
        #expect(CanonicalJSON.write(.integer(1 << 53)) == Array("9007199254740992".utf8))
        #expect(CanonicalJSON.write(.integer(.max)) == Array("9223372036854776000".utf8))
    }
}
