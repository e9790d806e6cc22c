import Testing

@testable import Swarm

@Suite struct AddressSlotsTests {
    @Test func `takes, moves and frees places, and counts them`() {
        var slots = AddressSlots()
        let empty = slots.byteCount
        #expect(slots[700] == nil && slots.filled(0..<256).isEmpty)
        slots[700] = nil
        #expect(slots.byteCount == empty, "an empty bucket takes no memory")
        slots[700] = 5
        slots[701] = 6
        slots[701] = 7
        #expect(slots[700] == 5 && slots[701] == 7 && slots.filled(0..<256) == [10])
        #expect(slots.count(10..<11) == 2 && slots.count(0..<10) == 0)
        #expect(slots.byteCount - empty < 256)
        slots[700] = nil
        slots[700] = nil
        #expect(slots[700] == nil && slots.count(0..<256) == 1)
    }

    @Test func `draws each entry of a bucket alike`() {
        var slots = AddressSlots()
        var generator = SeededGenerator(seed: 1)
        #expect(slots.random(3, using: &generator) == nil)
        for entry in 0..<4 { slots[3 * 64 + entry * 17] = entry }
        var counts = [0, 0, 0, 0]
        for _ in 0..<4000 {
            if let entry = slots.random(3, using: &generator) { counts[entry] += 1 }
        }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
    }
}
