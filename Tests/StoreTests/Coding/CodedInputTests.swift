import Testing

@testable import Store

@Suite struct CodedInputTests {
    private func reading<Result>(
        _ bytes: [UInt8], _ body: (inout CodedInput) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBufferPointer {
            var input = CodedInput($0.baseAddress!, count: bytes.count)
            return try body(&input)
        }
    }

    @Test func `numbers come back in their shortest form alone`() throws {
        for number in [0, 1, 127, 128, 16_383, 16_384, 1 << 20, 1 << 28, 0xffff_ffff] {
            var bytes = [UInt8](repeating: 0, count: 8)
            let count = try bytes.withUnsafeMutableBufferPointer {
                var output = CodedOutput($0.baseAddress!, capacity: 8)
                try output.put(number: number)
                return output.count
            }
            #expect(count == CodedOutput.length(of: number))
            let read = try reading(bytes) { try $0.number() }
            #expect(read == number)
        }
        for wrong: [UInt8] in [[128, 0], [255, 255, 255, 255, 127], [128], [255, 128, 0]] {
            #expect(throws: CodingError.self) { try reading(wrong) { try $0.number() } }
        }
    }

    @Test func `nothing is read or written beyond the end`() throws {
        try reading([1, 2]) { input in
            #expect(throws: CodingError.self) { try input.bytes(3) }
            _ = try input.bytes(2)
            #expect(input.isAtEnd)
            #expect(throws: CodingError.self) { try input.byte() }
        }
        var bytes: [UInt8] = [0, 0, 9]
        bytes.withUnsafeMutableBufferPointer { bytes in
            var output = CodedOutput(bytes.baseAddress!, capacity: 2)
            #expect(throws: CodingError.tooLong) { try output.put(number: 1 << 20) }
            #expect(throws: CodingError.tooLong) { try output.put(UInt8(1)) }
        }
        #expect(bytes[2] == 9)
    }
}
