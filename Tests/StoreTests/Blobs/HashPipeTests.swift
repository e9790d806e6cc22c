import Host
import Testing
import Wire

@testable import Store

@Suite struct HashPipeTests {
    @Test func `more buffers than the ring holds are hashed in order`() throws {
        let pipe = try HashPipe()
        var stream = Sha256()
        for round in 0..<30 {
            let buffer = pipe.takeBuffer()
            let bytes = Scratch.bytes(1000 + round, seed: UInt64(round))
            buffer.store(bytes, at: 0)
            buffer.count = bytes.count
            stream.update(bytes.span.bytes)
            pipe.submit(buffer)
        }
        #expect(pipe.finish() == stream.finish())
    }
}
