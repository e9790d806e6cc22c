import Testing

@testable import Host

@Suite("A mapping")
struct MappingTests {
    @Test func `shows the bytes of its file`() throws {
        let scratch = try Scratch()
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let mapping = try Mapping(try scratch.file("a", bytes))
        #expect(mapping.count == bytes.count)
        #expect(mapping.bytes(0..<10_000) == bytes)
        #expect(mapping.bytes(9_990..<10_000) == Array(bytes.suffix(10)))
        #expect(mapping.bytes(5..<5).isEmpty)
    }

    @Test func `outlives the file's name and its descriptor`() throws {
        let scratch = try Scratch()
        var file: File? = try scratch.file("a", [1, 2, 3])
        let mapping = try Mapping(try #require(file))
        file = nil
        try Directory.removeFile(scratch("a"))
        #expect(mapping.bytes(0..<3) == [1, 2, 3])
    }

    @Test func `an empty file is refused`() throws {
        let scratch = try Scratch()
        let empty = try scratch.file("a", [])
        #expect(throws: SystemError.self) { _ = try Mapping(empty) }
    }
}
