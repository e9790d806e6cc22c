import Testing

@testable import Wire

@Suite struct MirrorOfferTests {
    private func read(_ bytes: [UInt8]) throws -> MirrorOffer {
        var reader = Reader(bytes)
        let offer = try MirrorOffer(from: &reader)
        try reader.finish()
        return offer
    }

    @Test func `marks come back in order, each once, room to the power of two below`() throws {
        let offer = MirrorOffer(marks: [9, 3, 9, 1 << 63], room: 5_000_000_000)
        var writer = Writer()
        offer.write(to: &writer)
        #expect(try read(writer.bytes) == offer)
        #expect(offer.marks == [3, 9, 1 << 63])
        #expect(offer.room == 1 << 32)
        #expect(MirrorOffer(marks: [], room: 0).room == 0)
        #expect(MirrorOffer(marks: [], room: .max).room == 1 << MirrorOffer.roomPowerMax)
        #expect(MirrorOffer(marks: Array(1...100), room: 1).marks.count == MirrorOffer.marksMax)
    }

    @Test func `what is out of bounds or order is refused`() {
        let one = [UInt8](repeating: 1, count: 8)
        #expect(throws: WireError.tooLarge("room")) { try read([63, 0]) }
        #expect(throws: WireError.tooLarge("marks")) { try read([1, 25]) }
        #expect(throws: WireError.notCanonical) { try read([1, 2] + one + one) }
        #expect(throws: WireError.self) { try read([1, 2] + one) }
    }
}
