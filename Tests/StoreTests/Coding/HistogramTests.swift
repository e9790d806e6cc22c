import Foundation
import Testing

@testable import Store

@Suite struct HistogramTests {
    @Test func `logarithms are near enough`() {
        for value: UInt32 in [1, 2, 3, 7, 100, 4_095, 4_096, 5_000, 123_457, .max] {
            #expect(abs(Histogram.logarithm(value) - log2(Double(value))) < 4e-4)
        }
    }

    @Test func `bytes are counted and their entropy is Shannon's`() {
        let bytes = [UInt8](repeating: 1, count: 501) + [UInt8](repeating: 9, count: 499)
        var counts = [UInt32](repeating: 77, count: 256)
        counts.withUnsafeMutableBufferPointer { counts in
            bytes.withUnsafeBufferPointer {
                Histogram.count($0.baseAddress!, 1_000, into: counts.baseAddress!)
            }
        }
        #expect(counts[1] == 501 && counts[9] == 499 && counts[0] == 0)
        #expect(abs(Histogram.bits(counts, 256) - 1_000) < 1)
        #expect(Histogram.bits([5, 0], 2) == 0)
    }
}
