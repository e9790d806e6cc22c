import Testing

@testable import Host

@Suite("A buffer")
struct BufferTests {
    @Test func `holds bytes where they were stored`() {
        let buffer = Buffer(capacity: 16)
        buffer.store([1, 2, 3, 4], at: 3)
        buffer[0] = 9
        #expect(buffer[0] == 9)
        #expect(buffer.bytes(3..<7) == [1, 2, 3, 4])
        buffer.store([], at: 16)
        #expect(buffer.withSpan(4..<6) { $0.byteCount } == 2)
    }

    @Test func `moves overlapping bytes both ways`() {
        let buffer = Buffer(capacity: 8)
        buffer.store([1, 2, 3, 4, 5, 6, 7, 8], at: 0)
        buffer.move(from: 0, to: 2, count: 6)
        #expect(buffer.bytes(0..<8) == [1, 2, 1, 2, 3, 4, 5, 6])
        buffer.move(from: 2, to: 0, count: 6)
        #expect(buffer.bytes(0..<8) == [1, 2, 3, 4, 5, 6, 5, 6])
    }

    @Test func `is copied into another one`() {
        let (buffer, other) = (Buffer(capacity: 8), Buffer(capacity: 8))
        buffer.store([1, 2, 3, 4, 5, 6, 7, 8], at: 0)
        other.store([9, 9, 9, 9, 9, 9, 9, 9], at: 0)
        buffer.copy(2..<5, into: other, at: 4)
        buffer.copy(0..<0, into: other, at: 8)
        #expect(other.bytes(0..<8) == [9, 9, 9, 9, 3, 4, 5, 9])
    }

    @Test func `is changed in place through a span`() {
        let buffer = Buffer(capacity: 4)
        buffer.store([1, 2, 3, 4], at: 0)
        buffer.withMutableSpan(1..<3) { span in
            span.storeBytes(of: 0xff, toByteOffset: 1, as: UInt8.self)
        }
        #expect(buffer.bytes(0..<4) == [1, 2, 0xff, 4])
    }

    @Test func `stops the process at a place outside`() async {
        await #expect(processExitsWith: .failure) { _ = Buffer(capacity: 4)[4] }
        await #expect(processExitsWith: .failure) { Buffer(capacity: 4).store([1, 2], at: 3) }
        await #expect(processExitsWith: .failure) { _ = Buffer(capacity: 4).bytes(2..<5) }
    }
}
