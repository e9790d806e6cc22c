import Host
import Testing

@testable import Store

@Suite struct DurableFileTests {
    @Test func `a file is replaced whole and a missing one is nil`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/value"
        #expect(try DurableFile.read(path, limit: 10) == nil)
        try DurableFile.write([1, 2, 3], to: path)
        _ = try scratch.file("value.new", [9])
        try DurableFile.write([4], to: path)
        #expect(try DurableFile.read(path, limit: 10) == [4])
        #expect(throws: StoreError.self) { try DurableFile.read(path, limit: 0) }
    }
}
