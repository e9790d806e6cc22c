import Host
import Testing
import Wire

@testable import Store

@Suite struct HashPipeTests {
    /// Puts 30 buffers of different sizes through a pipe and gives their bytes.
    private func fill(_ pipe: HashPipe) throws(StoreError) -> [UInt8] {
        var all: [UInt8] = []
        for round in 0..<30 {
            let buffer = try pipe.takeBuffer()
            let bytes = Scratch.bytes(1000 + round, seed: UInt64(round))
            buffer.store(bytes, at: 0)
            buffer.count = bytes.count
            all += bytes
            pipe.submit(buffer)
        }
        return all
    }

    @Test func `more buffers than the ring holds are hashed in order`() throws {
        let pipe = try HashPipe()
        let bytes = try fill(pipe)
        #expect(try pipe.finish() == Sha256.hash(bytes))
    }

    @Test func `the same buffers are written in order before it ends`() throws {
        let scratch = Scratch()
        let file = try File("\(scratch.path)/copy", .createNew)
        let pipe = try HashPipe(DirectOutput(file, size: 100_000))
        let bytes = try fill(pipe)
        #expect(try pipe.finish() == Sha256.hash(bytes))
        #expect(try file.readAll(limit: bytes.count) == bytes)
    }

    @Test func `a failed write reaches whoever fills, and whoever waits for the end`() throws {
        let scratch = Scratch()
        try File("\(scratch.path)/copy", .createNew).write([1], offset: 0)
        // Opened to be read only: every write fails.
        let file = try File("\(scratch.path)/copy", .read)
        let pipe = try HashPipe(DirectOutput(file, size: 100_000))
        // No ring is that long: without the failure it would go on for ever.
        #expect(throws: StoreError.self) {
            while true { _ = try fill(pipe) }
        }
        #expect(throws: StoreError.self) { try pipe.finish() }
        let short = try HashPipe(DirectOutput(file, size: 100_000))
        let buffer = try short.takeBuffer()
        buffer.count = 1
        short.submit(buffer)
        #expect(throws: StoreError.self) { try short.finish() }
    }
}
