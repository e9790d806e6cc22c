import Foundation
import Testing
import Wire

@testable import Node

@Suite struct SelfExaminationTests {
    @Test func `a machine that computes right is sound, one wrong bit is found`() {
        #expect(SelfExamination.isSound())
        for place in [0, 5_000_001, (SelfExamination.groupCount << 20) - 1] {
            #expect(!SelfExamination.isSound { $0[place] ^= 0x10 })
        }
    }

    @Test func `its bytes hash to what b3sum says`() throws {
        let pattern = SelfExamination.pattern()
        #expect(pattern.count == 1 << 20)
        #expect(Blake3.hash(pattern).hexadecimal == SelfExamination.expected)
        // Every bit is set somewhere and clear somewhere.
        #expect(pattern.reduce(0, |) == 0xff && pattern.reduce(0xff, &) == 0)
    }
}
