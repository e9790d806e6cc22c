import Foundation
import Testing

@testable import Node

@Suite struct NewFolderTests {
    @Test func `a folder appears whole under its name`() throws {
        let laboratory = try Laboratory()
        let source = try laboratory.write("source", "copied")
        let path = "\(laboratory.path)/new"
        let folder = try NewFolder(path)
        try folder.append("a", [1, 2])
        try folder.append("b", [3])
        try folder.append("a", [4])
        try folder.copy("c", from: source)
        #expect(!FileManager.default.fileExists(atPath: path))
        try folder.finish()
        #expect(FileManager.default.contents(atPath: "\(path)/a") == Data([1, 2, 4]))
        #expect(FileManager.default.contents(atPath: "\(path)/b") == Data([3]))
        #expect(FileManager.default.contents(atPath: "\(path)/c") == Data("copied".utf8))
        #expect(throws: Failure.self) { _ = try NewFolder(path) }
    }

    @Test func `what is discarded leaves nothing`() throws {
        let laboratory = try Laboratory()
        let folder = try NewFolder("\(laboratory.path)/new")
        try folder.append("a", [1])
        folder.discard()
        #expect(try FileManager.default.contentsOfDirectory(atPath: laboratory.path).isEmpty)
    }

    @Test func `a name that is taken in the meantime is not written over`() throws {
        let laboratory = try Laboratory()
        let folder = try NewFolder("\(laboratory.path)/new")
        try folder.append("a", [1])
        _ = try laboratory.write("new/mine", "kept")
        #expect(throws: Failure.self) { try folder.finish() }
        #expect(
            FileManager.default.contents(atPath: "\(laboratory.path)/new/mine")
                == Data("kept".utf8))
    }
}
