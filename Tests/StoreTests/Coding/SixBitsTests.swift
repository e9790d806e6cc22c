import Testing

@testable import Store

@Suite struct SixBitsTests {
    @Test(arguments: [0, 1, 127, 128, 129, 1_000])
    func `six bits come back from three quarters of the bytes`(_ count: Int) {
        let values = (0..<count).map { UInt8($0 * 37 & 63) } + [0]
        var packed = [UInt8](repeating: 0, count: count + 1)
        var unpacked = [UInt8](repeating: 255, count: count + 1)
        values.withUnsafeBufferPointer { values in
            packed.withUnsafeMutableBufferPointer { packed in
                let length = SixBits.pack(
                    values.baseAddress!, count, into: packed.baseAddress!)
                #expect(length == SixBits.length(of: count) && length <= count)
                unpacked.withUnsafeMutableBufferPointer {
                    SixBits.unpack(packed.baseAddress!, count, into: $0.baseAddress!)
                }
            }
        }
        #expect(unpacked.dropLast() == values.dropLast() && unpacked.last == 255)
        #expect(SixBits.length(of: 1_280) == 960)
    }
}
