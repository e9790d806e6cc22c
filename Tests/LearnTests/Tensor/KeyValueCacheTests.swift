import Testing

@testable import Learn

@Suite struct KeyValueCacheTests {
    private func architecture() throws -> Architecture {
        try HandModel().open(in: ScratchFolder()).architecture
    }

    @Test("every row of every head has a place of its own", arguments: Profile.allCases)
    func places(_ profile: Profile) throws {
        let cache = try KeyValueCache(architecture(), profile, capacity: 5)
        var number: Float = 1
        var stored: [(UnsafeMutableRawPointer, Float)] = []
        for block in 0..<2 {
            for start in [cache.keys(block: block, head: 0), cache.values(block: block, head: 0)] {
                for position in 0..<5 {
                    cache.store([number, 0.5, -1, number], at: position, in: start)
                    stored.append((start + position * 4 * cache.element.bytes, number))
                    number += 1
                }
            }
        }
        for (place, value) in stored {
            let found =
                profile == .portable
                ? place.load(as: Float.self)
                : Float(bitPattern: UInt32(place.load(as: UInt16.self)) << 16)
            #expect(found == value)
        }
    }

    @Test func `it is cut back to any length it has`() throws {
        let cache = try KeyValueCache(architecture(), .portable, capacity: 5)
        cache.count = 4
        cache.truncate(to: 4)
        cache.truncate(to: 1)
        #expect(cache.count == 1 && cache.capacity == 5)
        cache.truncate(to: 0)
        #expect(cache.count == 0)
    }

    @Test func `long caches take memory only where they are filled`() throws {
        let cache = try KeyValueCache(architecture(), .portable, capacity: 1 << 24)
        cache.store([1, 2, 3, 4], at: (1 << 24) - 1, in: cache.values(block: 1, head: 0))
        #expect(cache.capacity == 1 << 24)
    }
}
