import Host
import Testing
import Wire

@testable import Store

@Suite struct DirectOutputTests {
    private let scratch = Scratch()

    private func output(_ name: String, size: Int) throws -> (DirectOutput, File) {
        let file = try File("\(scratch.path)/\(name)", .createNew)
        return (DirectOutput(file, size: UInt64(size)), file)
    }

    private func append(_ bytes: ArraySlice<UInt8>, to output: DirectOutput) throws {
        let buffer = Buffer(capacity: HashPipe.bufferBytes)
        buffer.store(Array(bytes), at: 0)
        buffer.count = bytes.count
        try output.append(buffer)
    }

    private func append(pieces bytes: [UInt8], to output: DirectOutput) throws {
        for start in stride(from: 0, to: bytes.count, by: HashPipe.bufferBytes) {
            try append(
                bytes[start..<min(start + HashPipe.bufferBytes, bytes.count)], to: output)
        }
    }

    @Test(arguments: [2 << 20, 2 << 20 + 1, 3 << 20 - 1, 3 << 20 + 4096, 9 << 20 + 70_001])
    func `a large file has all its bytes, the end within a block too`(size: Int) throws {
        let (output, file) = try output("large", size: size)
        // The scratch folder may lie where everything is in memory.
        let canBeDirect = output.isDirect
        let bytes = Scratch.bytes(size)
        try append(pieces: bytes, to: output)
        #expect(output.isDirect == (canBeDirect && size % File.directBytes == 0))
        #expect(try file.facts().size == UInt64(size))
        #expect(try File(file.path, .read).readAll(limit: size) == bytes)
    }

    @Test func `a small one goes through the cache`() throws {
        let (output, file) = try output("small", size: 2 << 20 - 1)
        #expect(!output.isDirect)
        let bytes = Scratch.bytes(2 << 20 - 1)
        try append(pieces: bytes, to: output)
        #expect(try file.readAll(limit: bytes.count) == bytes)
    }

    @Test func `a piece that ends within a block sends the rest through the cache`() throws {
        let (output, file) = try output("odd", size: 3 << 20)
        let bytes = Scratch.bytes(3 << 20)
        try append(bytes[..<4096], to: output)
        try append(bytes[4096..<5000], to: output)
        #expect(!output.isDirect)
        try append(bytes[5000..<(1 << 20)], to: output)
        try append(pieces: Array(bytes[(1 << 20)...]), to: output)
        #expect(try file.readAll(limit: bytes.count) == bytes)
    }

    @Test func `what the file system refuses goes through the cache`() throws {
        let file = try File("\(scratch.path)/refused", .createNew)
        try file.write([UInt8](repeating: 9, count: 100), offset: 0)
        // Blocks that begin within a block are what no disk takes past the cache.
        let output = DirectOutput(file, size: 3 << 20, from: 100)
        let bytes = Scratch.bytes(2 << 20)
        try append(pieces: bytes, to: output)
        #expect(
            try File(file.path, .read).readAll(limit: 3 << 20)
                == [UInt8](repeating: 9, count: 100) + bytes)
    }

    @Test func `a failed write names the room that was needed`() throws {
        let path = "\(scratch.path)/full"
        try File(path, .createNew).write([1], offset: 0)
        let output = DirectOutput(try File(path, .read), size: 3 << 20)
        #expect(throws: StoreError.self) {
            try append(pieces: Scratch.bytes(1 << 20), to: output)
        }
    }
}
