import Testing
import Wire

@Suite struct Blake3Tests {
    @Test func `hashes equal those of an independent implementation`() throws {
        let cases = try #require(
            try Pattern.vector("blake3-tree.json")["cases"] as? [[String: Any]])
        let bytes = Pattern.bytes(5 << 20)
        for entry in cases {
            let length = try #require(entry["length"] as? Int)
            let hash = try #require(entry["hash"] as? String)
            #expect(
                Blake3.hash(bytes.span.bytes.extracting(0..<length)).hexadecimal == hash,
                "\(length) bytes")
        }
    }

    @Test func `the hash of nothing is the published one`() {
        let expected = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        #expect(Blake3.hash([]).hexadecimal == expected)
    }
}
