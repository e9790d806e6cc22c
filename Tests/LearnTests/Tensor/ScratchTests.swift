import Testing

@testable import Learn

@Suite struct ScratchTests {
    @Test func `grows when it must and never shrinks`() throws {
        let scratch = try Scratch(bytes: 100)
        #expect(scratch.count >= 100)
        let start = scratch.start
        try scratch.reserve(50)
        #expect(scratch.start == start)
        try scratch.reserve(10_000)
        let count = scratch.count
        #expect(count >= 10_000)
        scratch.start.storeBytes(of: 1, toByteOffset: 9_999, as: UInt8.self)
        try scratch.reserve(10)
        #expect(scratch.count == count)
    }

    @Test func `more memory than there is is refused and changes nothing`() throws {
        let scratch = try Scratch(bytes: 100)
        #expect(throws: LearnError.self) { try scratch.reserve(1 << 60) }
        scratch.start.storeBytes(of: 1, toByteOffset: 99, as: UInt8.self)
        #expect(scratch.count < 1 << 60)
    }
}
