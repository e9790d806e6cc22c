import Host
import Testing
import Wire

@testable import Node

@Suite struct KnownKeysTests {
    @Test func `keys are read once for many records`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 4, count: 32))).publicKey
        let reads = Lock(0)
        let known = KnownKeys {
            reads.withLock { $0 += 1 }
            return [key]
        }
        for _ in 0..<1_000 { #expect(known.keys == [key]) }
        #expect(reads.withLock { $0 } == 1)
    }
}
