import Testing

@testable import Learn

@Suite struct ScalarReadingTests {
    @Test func `every scalar is written and read`() {
        for value in stride(from: UInt32(0), to: 0x110000, by: 7) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var bytes: [UInt8] = [0x61]
            bytes.append(scalar: value)
            #expect(bytes.dropFirst().elementsEqual(String(scalar).utf8))
            #expect(bytes.scalar(at: 1) == (value, bytes.count - 1))
            #expect(bytes.scalarStart(before: bytes.count) == 1)
        }
        #expect(Array("aé".utf8).scalars == [0x61, 0xe9])
    }
}
