import Testing
import Wire

@Suite struct HoldingTests {
    @Test func `groups are the bits, lowest first`() {
        let digest = Blake3.hash([])
        let some = Holding(
            layer: digest, blob: digest, extent: .groups(bitmap: [0b101, 0b1]))
        #expect(
            [0, 1, 2, 8, 9, 16].map { some.has(group: $0) }
                == [true, false, true, true, false, false])
        let all = Holding(layer: digest, blob: digest, extent: .complete)
        #expect(all.has(group: 1 << 40))
        #expect(!Holding(layer: digest, blob: digest, extent: .none).has(group: 0))
    }
}
