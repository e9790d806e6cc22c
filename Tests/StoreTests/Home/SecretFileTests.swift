import Host
import Testing

@testable import Store

@Suite struct SecretFileTests {
    @Test func `a secret that others could read, or a link, is not read`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/secret"
        try DurableFile.write(Array("one\ntwo\n".utf8), to: path)
        #expect(try SecretFile.lines(path, limit: 64) == ["one", "two"])
        try DurableFile.write(Array("one\n".utf8), to: path, mode: 0o644)
        #expect(throws: StoreError.self) { try SecretFile.lines(path, limit: 64) }
        #expect(throws: StoreError.self) {
            try SecretFile.lines("\(scratch.path)/none", limit: 64)
        }
    }
}
