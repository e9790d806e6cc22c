import Testing

@testable import Wire

@Suite struct Sha256Tests {
    @Test func `the published examples are met by both engines`() {
        let examples = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
        for (text, expected) in examples {
            for usesInstructions in engines {
                var stream = Sha256(usesInstructions: usesInstructions)
                let bytes = Array(text.utf8)
                stream.update(bytes.span.bytes)
                #expect(stream.finish().hexadecimal == expected)
            }
        }
    }

    @Test func `the engines agree on every length and any cut of the stream`() {
        let bytes = Pattern.bytes(700)
        for count in 0...bytes.count {
            let cut = count * 7 / 11
            let hashes = engines.map { usesInstructions in
                var stream = Sha256(usesInstructions: usesInstructions)
                stream.update(bytes.span.bytes.extracting(0..<cut))
                stream.update(bytes.span.bytes.extracting(cut..<count))
                return stream.finish()
            }
            #expect(Set(hashes).count == 1, "\(count) bytes")
        }
    }

    private var engines: [Bool] { Kernels.hasSha256Instructions ? [false, true] : [false] }
}
