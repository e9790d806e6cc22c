import Genome
import Host
import Testing

@testable import Node

@Suite("Files that may hold parts of a layer")
struct ReuseFilesTests {
    @Test func `are those named and those in named folders, without links`() throws {
        let laboratory = try Laboratory()
        let single = try laboratory.write("single.part", "some bytes")
        try laboratory.write("cache/blobs/one.incomplete", "more")
        try laboratory.write("cache/blobs/deep/two", "and more")
        try laboratory.write("cache/empty", "")
        try Directory.link("\(laboratory.path)/cache/link", to: single)
        let files = try ReuseFiles.open([single, "\(laboratory.path)/cache"])
        let names = files.compactMap { $0.path.split(separator: "/").last.map(String.init) }
        #expect(names.sorted() == ["one.incomplete", "single.part", "two"])
    }

    @Test func `must be there, and not too many`() throws {
        let laboratory = try Laboratory()
        #expect(throws: Failure.self) { try ReuseFiles.open(["\(laboratory.path)/none"]) }
        for number in 0...ReuseFiles.filesMax {
            try laboratory.write("many/\(number)", "x")
        }
        #expect(throws: Failure.self) { try ReuseFiles.open(["\(laboratory.path)/many"]) }
    }
}
