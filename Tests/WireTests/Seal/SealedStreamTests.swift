import Testing

@testable import Wire

@Suite("A sealed stream")
struct SealedStreamTests {
    private let key = FileKey(bytes: Array(0..<16))!
    private let nonce = [UInt8](100..<116)

    private func plain(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001])
    func `comes back, and has the size that was foretold`(count: Int) {
        let plain = plain(count)
        let sealed = SealedStream.seal(plain, key: key)
        #expect(SealedStream.sealedSize(plain: UInt64(count)) == UInt64(sealed.count))
        #expect(SealedStream.plainSize(sealed: UInt64(sealed.count)) == UInt64(count))
        #expect(SealedStream.open(sealed, key: key) == plain)
        #expect(SealedStream.open(sealed, key: FileKey.random()) == nil)
        // A nonce of its own each time: nobody can tell equal files.
        #expect(SealedStream.seal(plain, key: key) != sealed)
    }

    @Test func `refuses every change, cut, swap and addition`() {
        let sealed = SealedStream.seal(plain(140_000), key: key, nonce: nonce)
        for place in [0, 16, 70_000, sealed.count - 1] {
            var changed = sealed
            changed[place] ^= 1
            #expect(SealedStream.open(changed, key: key) == nil)
        }
        let chunk = SealedStream.sealedChunkBytes
        for end in [0, 15, 31, 16 + chunk, 16 + 2 * chunk, sealed.count - 1] {
            #expect(SealedStream.open(Array(sealed[..<end]), key: key) == nil)
        }
        let swapped =
            sealed[..<16] + sealed[(16 + chunk)..<(16 + 2 * chunk)]
            + sealed[16..<(16 + chunk)] + sealed[(16 + 2 * chunk)...]
        #expect(SealedStream.open(Array(swapped), key: key) == nil)
        #expect(SealedStream.open(sealed + [0], key: key) == nil)
        #expect(SealedStream.open(sealed + sealed[16...], key: key) == nil)
    }

    @Test func `opens any chunk alone`() throws {
        let plain = plain(140_000)
        let sealed = SealedStream.seal(plain, key: key, nonce: nonce)
        let stream = try #require(SealedStream(key: key, nonce: nonce))
        let start = 16 + SealedStream.sealedChunkBytes
        let chunk = Array(sealed[start..<(start + SealedStream.sealedChunkBytes)])
        var opened = [UInt8](repeating: 0, count: SealedStream.chunkBytes)
        func open(_ index: UInt64, isLast: Bool) -> Bool {
            var span = opened.mutableSpan
            var target = span.mutableBytes
            return stream.open(chunk.span.bytes, chunk: index, isLast: isLast, into: &target)
        }
        #expect(open(1, isLast: false))
        #expect(opened == Array(plain[65_536..<131_072]))
        #expect(!open(0, isLast: false) && !open(1, isLast: true))
    }

    @Test func `has only sizes that a file can have`() {
        for size: UInt64 in [0, 31, 16 + 65_552 + 1, 16 + 65_552 + 16] {
            #expect(SealedStream.plainSize(sealed: size) == nil)
        }
        #expect(SealedStream.plainSize(sealed: 32) == 0)
        #expect(SealedStream.sealedSize(plain: .max) == nil)
        #expect(SealedStream(key: key, nonce: [1]) == nil)
    }
}
