import Testing
import Wire

@Suite struct RangeVerifierTests {
    @Test func `bytes in any pieces are verified leaf after leaf`() throws {
        let blob = try RangeProofTests.Blob(1_500_000)
        let proof = try blob.proof(900_000..<1_500_000)
        let data = blob.data(proof)
        for step in [1000, 16_384, 40_000, data.count] {
            var verifier = try RangeVerifier(proof: proof, id: blob.layer.id)
            for start in stride(from: 0, to: data.count, by: step) {
                let end = min(start + step, data.count)
                try verifier.update(data.span.bytes.extracting(start..<end))
                let expected = end == data.count ? end : end / 16_384 * 16_384
                #expect(verifier.verifiedByteCount == UInt64(expected))
            }
            try verifier.finish()
        }
    }

    @Test func `a wrong byte is found at the end of its leaf`() throws {
        let blob = try RangeProofTests.Blob(1_500_000)
        let proof = try blob.proof(0..<200_000)
        var data = blob.data(proof)
        data[50_000] ^= 1
        var verifier = try RangeVerifier(proof: proof, id: blob.layer.id)
        try verifier.update(data.span.bytes.extracting(0..<65_535))
        #expect(verifier.verifiedByteCount == 49_152)
        #expect(throws: WireError.notAuthentic("leaf")) {
            try verifier.update(data.span.bytes.extracting(65_535..<65_536))
        }
    }

    @Test func `missing and surplus bytes are refused`() throws {
        let blob = try RangeProofTests.Blob(100_000)
        let proof = try blob.proof(90_000..<100_000)
        let data = blob.data(proof)
        var short = try RangeVerifier(proof: proof, id: blob.layer.id)
        try short.update(data.span.bytes.extracting(0..<data.count - 1))
        #expect(throws: WireError.truncated) { try short.finish() }
        var long = try RangeVerifier(proof: proof, id: blob.layer.id)
        let surplus = data + [0]
        #expect(throws: WireError.trailingBytes) { try long.update(surplus.span.bytes) }
    }
}
