import Testing

@testable import Host

@Suite("Memory")
struct MemoryTests {
    @Test(
        "is zero, on a page of its own, and keeps what is written", arguments: [1, 4_096, 3 << 20])
    func zeros(_ count: Int) throws {
        let memory = try Memory(count: count)
        #expect(memory.count == count)
        #expect(UInt(bitPattern: memory.start) % 4_096 == 0)
        let bytes = UnsafeRawBufferPointer(start: memory.start, count: count)
        #expect(bytes.allSatisfy { $0 == 0 })
        memory.start.storeBytes(of: 7, toByteOffset: count - 1, as: UInt8.self)
        #expect(bytes.last == 7)
    }

    @Test func `costs nothing until it is touched`() throws {
        let before = try #require(Machine.anonymousMemory)
        let memory = try Memory(count: 1 << 36)
        let after = try #require(Machine.anonymousMemory)
        #expect(after < before + 1 << 28)
        #expect(memory.count == 1 << 36)
    }

    @Test func `more than there are addresses is refused`() {
        #expect(throws: SystemError.self) { _ = try Memory(count: 1 << 60) }
    }

    @Test func `the kernel's figures are plausible`() throws {
        let available = try #require(Machine.availableMemory)
        #expect(available > 1 << 20 && available < 1 << 50)
        let own = try #require(Machine.anonymousMemory)
        #expect(own > 1 << 16 && own <= Machine.peakMemory + 1 << 26)
    }
}
