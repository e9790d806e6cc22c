import Host
import Testing
import Wire

@testable import Store

@Suite struct FileDigestTests {
    @Test(arguments: [0, 1, HashTree.groupBytes, HashTree.groupBytes + 1, 3_000_000])
    func `is the blob id of the bytes`(_ count: Int) throws {
        let bytes = Scratch.bytes(count)
        let scratch = Scratch()
        _ = try scratch.file("data", bytes)
        #expect(try FileDigest.compute("\(scratch.path)/data") == Blake3.hash(bytes))
    }

    @Test func `a link is not followed`() throws {
        let scratch = Scratch()
        _ = try scratch.file("data", [1])
        try Directory.link("\(scratch.path)/link", to: "data")
        #expect(throws: SystemError.self) { try FileDigest.compute("\(scratch.path)/link") }
    }
}
