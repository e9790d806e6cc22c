import Testing

@testable import Wire

@Suite struct HoldingChangeTests {
    private let layer = Digest(words: (1, 2, 3, 4))
    private let blob = Digest(words: (5, 6, 7, 8))

    private func change(_ runs: [Range<UInt64>]) -> HoldingChange? {
        HoldingChange(layer: layer, blob: blob, runs: runs)
    }

    @Test(
        arguments: [
            [], [0..<1], [0..<1 << 20], [3..<4, 5..<9, 1_000_000..<1_000_001],
        ] as [[Range<UInt64>]])
    func `a change comes back as it was`(runs: [Range<UInt64>]) throws {
        let message = Message.holdingChange(try #require(change(runs)))
        #expect(try Message(bytes: message.bytes) == message)
    }

    @Test func `runs that touch, overlap, are empty or too many are no change`() {
        #expect(change([0..<2, 2..<3]) == nil && change([5..<6, 1..<2]) == nil)
        #expect(change([1..<1]) == nil)
        let many = (0...UInt64(HoldingChange.runsMax)).map { $0 * 2..<$0 * 2 + 1 }
        #expect(change(many) == nil && change(Array(many.dropLast())) != nil)
    }

    @Test func `groups become runs, as many messages as they need`() throws {
        let numbers = (0..<UInt64(3000)).map { $0 * 2 } + [1, 1, 5999]
        let changes = HoldingChange.all(layer: layer, blob: blob, groups: numbers.shuffled())
        #expect(changes.count == 3)
        #expect(changes.flatMap { $0.runs.flatMap(Array.init) } == Set(numbers).sorted())
        #expect(HoldingChange.all(layer: layer, blob: blob, groups: []).isEmpty)
    }

    /// A message with these numbers behind layer and blob.
    private func decoded(_ numbers: [UInt64]) -> HoldingChange? {
        var writer = Writer()
        writer.write(layer)
        writer.write(blob)
        for number in numbers { writer.writeVarint(number) }
        var reader = Reader(writer.bytes)
        return try? HoldingChange(from: &reader)
    }

    @Test func `hostile runs are refused`() {
        #expect(decoded([1, 0, 1]) != nil)
        // Empty, touching, beyond the largest blob, beyond integers, more than there may be.
        #expect(decoded([1, 0, 0]) == nil && decoded([2, 0, 1, 0, 1]) == nil)
        #expect(decoded([1, 1 << 20, 1]) == nil)
        #expect(decoded([2, 0, 1, .max, 1]) == nil && decoded([1, 1, .max]) == nil)
        #expect(decoded([UInt64(HoldingChange.runsMax) + 1]) == nil)
    }

    @Test func `a holding takes a change in and is whole when nothing is missing`() {
        let part = Holding(layer: layer, blob: blob, extent: .groups(bitmap: [0b1]))
        #expect(part.isPart)
        let more = part.adding([2..<3, 8..<99], count: 10)
        #expect((0..<12).filter { more.has(group: $0) } == [0, 2, 8, 9] && more.isPart)
        #expect(more.adding([1..<8], count: 10).extent == .complete)
        let none = Holding(layer: layer, blob: blob, extent: .none)
        #expect(none.adding([0..<9], count: 9) == none && !none.isPart)
    }
}
