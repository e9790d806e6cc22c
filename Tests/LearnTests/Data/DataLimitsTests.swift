import Testing

@testable import Learn

@Suite struct DataLimitsTests {
    @Test func `limits fit into each other`() {
        #expect(DataLimits.recordBytesMax <= DataLimits.fileBytesMax)
        #expect(DataLimits.fileBytesMax <= DataLimits.allBytesMax)
        #expect(DataLimits.recordBytesMax <= DataLimits.edgeScalarsMax)
        #expect(DataLimits.recordBytesMax <= DataLimits.renderedBytesMax)
        #expect(DataLimits.textBytesMax <= DataLimits.fileBytesMax)
        #expect(DataLimits.recordBytesMax <= TokenizerLimits.textBytesMax)
        #expect(DataLimits.tokensMax <= Int(UInt32.max))
        #expect(DataLimits.recordsMax <= Int(UInt32.max), "a shuffle counts in 32 bits")
    }
}
