import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct UnlistedFilesTests {
    private let scratch = Scratch()
    private let listed = ["a.bin", "sub/b.bin"].map { path in
        LayerFile(
            path: LayerPath(path)!, blob: Blake3.hash([1]), size: 1,
            sha256: Blake3.hash([2]))
    }

    @Test func `what is listed is not named, and a foreign folder is one entry`() throws {
        for path in ["a.bin", "sub/b.bin", "sub/c.bin", "x/y/z", "x/w"] {
            let full = "\(scratch.path)/\(path)"
            try Directory.create(Layout.folder(of: full))
            try File(full, .create).write([1], offset: 0)
        }
        let found = try UnlistedFiles(scratch.path, listed: listed)
        #expect(found.named == ["sub/c.bin", "x/"] && found.count == 2)
    }

    @Test func `a hundred are named and all are counted`() throws {
        for number in 0..<130 {
            try File("\(scratch.path)/\(number)", .create).write([1], offset: 0)
        }
        let found = try UnlistedFiles(scratch.path, listed: listed)
        #expect(found.named.count == UnlistedFiles.namedMax && found.count == 130)
    }
}
