import Testing

@testable import Host

@Suite("A pool of buffers")
struct PoolTests {
    @Test func `hands out no more than its limit and uses buffers again`() throws {
        let pool = Pool(bufferBytes: 64, limit: 2)
        let first = try #require(pool.take())
        let second = try #require(pool.take())
        #expect(pool.take() == nil)
        #expect(pool.used == 2)
        let bytes = pool.bytes
        #expect(bytes == 2 * pool.bufferBytes)
        first.count = 5
        pool.put(first)
        #expect(pool.used == 1 && pool.bytes == bytes)
        let again = try #require(pool.take())
        #expect(again === first)
        #expect(again.count == 0)
        #expect(again !== second)
    }

    @Test func `takes back only buffers of its size`() async {
        await #expect(processExitsWith: .failure) {
            Pool(bufferBytes: 64, limit: 2).put(Buffer(capacity: 65))
        }
    }
}
