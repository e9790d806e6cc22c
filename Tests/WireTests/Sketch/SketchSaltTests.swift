import Testing

@testable import Wire

@Suite struct SketchSaltTests {
    @Test func `an item's hash is SipHash-2-4 of its bytes`() throws {
        // The vector for eight bytes of the authors' reference program.
        let salt = try #require(SketchSalt(bytes: Array(0..<16)))
        #expect(salt.hash(0x0001_0203_0405_0607) == 0x93f5_f579_9a93_2462)
        #expect(SketchSalt(bytes: [1]) == nil)
    }

    @Test func `places rise from 0 and their gaps grow`() {
        var places = SketchPlaces(hash: 7)
        var last = places.index
        #expect(last == 0)
        for _ in 0..<200 {
            places.advance()
            #expect(places.index > last)
            last = places.index
        }
    }
}
