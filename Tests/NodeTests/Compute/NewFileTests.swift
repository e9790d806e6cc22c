import Foundation
import Testing

@testable import Node

@Suite("A new file")
struct NewFileTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    @Test func `holds what is written, and never takes the place of another`() throws {
        let path = "\(laboratory.path)/a"
        try NewFile(path).write("text\n")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "text\n")
        let failure = #expect(throws: Failure.self) { _ = try NewFile(path) }
        #expect(failure?.code == .refused)
        let absent = #expect(throws: Failure.self) {
            _ = try NewFile("\(laboratory.path)/b/c")
        }
        #expect(absent?.code == .notFound)
    }

    @Test func `is gone when it is discarded`() throws {
        let path = "\(laboratory.path)/a"
        try NewFile(path).discard()
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
