import Testing
import Wire

@testable import Store

@Suite struct BatchHashTests {
    @Test func `names come in the order of the blobs`() throws {
        let blobs = [0, 1, 16_385, 64 << 10, 1 << 20].enumerated().map {
            Scratch.bytes($1, seed: UInt64($0 + 1))
        }
        let hashing = try BatchHash(blobs)
        let names = hashing.finish()
        #expect(names.map(\.summary.id) == blobs.map { Blake3.hash($0) })
        #expect(names.map(\.summary.size) == blobs.map { UInt64($0.count) })
        #expect(names.map(\.sha256) == blobs.map { Sha256.hash($0) })
        // A second time, as after a failure, it waits for nothing.
        #expect(hashing.finish().count == blobs.count)
    }
}
