import Foundation
import Host
import Testing

@testable import Node

@Suite("A bench folder")
struct BenchFolderTests {
    @Test func `holds a file of random bytes and is gone afterwards`() throws {
        let report = Report(isJSON: true, writeOut: { _ in }, writeError: { _ in })
        var folder: BenchFolder? = try BenchFolder(megabytes: 2, report)
        let path = try #require(folder?.path)
        let file = try File(try #require(folder?.file), .read)
        let bytes = try file.readAll(limit: 4 << 20)
        #expect(bytes.count == 2 << 20)
        #expect(bytes[..<(1 << 20)] != bytes[(1 << 20)...])
        let zeros = bytes.count { $0 == 0 }
        #expect((6000...10_500).contains(zeros), "a 256th of random bytes is zero")
        #expect(try folder?.copySeconds() ?? 0 > 0)
        folder = nil
        #expect(!Directory.exists(path))
    }
}
