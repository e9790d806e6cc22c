import Testing
import Wire

@Suite struct LimitsTests {
    @Test func `limits that depend on each other agree`() {
        #expect(
            Limits.recordsPerMessageMax * (Limits.recordBytesMax + 2) + 2
                <= Limits.recordPayloadMax)
        #expect(Limits.identifiersPerPageMax * 32 + 4 <= Limits.recordPayloadMax)
        #expect(Limits.bitmapBytesMax + 100 <= Limits.recordPayloadMax)
        #expect(Limits.envelopeBytesMax + 33 <= Limits.recordPayloadMax)
        #expect(
            Limits.pageGroupsMax * 32 + Limits.proofSiblingsMax * 32 + 64
                <= Limits.recordPayloadMax)
    }
}
