import Foundation
import Genome
import Host
import Testing

@testable import Node

@Suite("Looking through a folder")
struct FolderScanTests {
    private let laboratory: Laboratory
    private let root: String

    init() throws {
        laboratory = try Laboratory()
        root = "\(laboratory.path)/folder"
        try laboratory.write("folder/a.txt", "abc")
        try laboratory.write("folder/sub/b.json", "{}")
        try laboratory.write("folder/.hidden", "x")
        try laboratory.write("folder/.cache/deep/model.pt", "x")
        try laboratory.write("outside.txt", "secret")
    }

    private func kinds(included: Set<String> = []) throws -> [String: SharePlan.ItemKind] {
        let items = try FolderScan(root, included: included).items
        return Dictionary(uniqueKeysWithValues: items.map { ($0.path, $0.kind) })
    }

    @Test func `files are found with their first bytes, hidden folders are not entered`() throws {
        let scan = try FolderScan(root, included: [])
        #expect(scan.items.map(\.path).sorted() == [".cache", ".hidden", "a.txt", "sub/b.json"])
        let file = try #require(scan.items.first { $0.path == "a.txt" })
        #expect(file.size == 3 && file.first == Array("abc".utf8))
        #expect(try kinds()[".cache"] == .special)
        let wanted = try kinds(included: [".cache/deep/model.pt"])
        #expect(wanted[".cache/deep/model.pt"] == .file)
    }

    @Test func `links are followed inside the folder and nowhere else`() throws {
        for (name, target) in [
            ("in", "sub/b.json"), ("out", "../outside.txt"), ("absolute", "/etc/passwd"),
            ("dangling", "nowhere"), ("around", "sub/../../outside.txt"), ("folder", "sub"),
        ] {
            try Directory.link("\(root)/\(name)", to: target)
        }
        let kinds = try kinds()
        #expect(kinds["in"] == .linkInside)
        for name in ["out", "absolute", "dangling", "around"] {
            #expect(kinds[name] == .linkOutside, "\(name)")
        }
        #expect(kinds["folder"] == .special)
        #expect(kinds["folder/b.json"] == nil)
    }

    @Test func `a link that only looks as if it stayed inside is outside`() throws {
        try laboratory.write("folder-of-another/c.txt", "x")
        try Directory.link("\(root)/c.txt", to: "../folder-of-another/c.txt")
        #expect(try kinds()["c.txt"] == .linkOutside)
    }

    @Test func `too deep a folder and a missing one are refused`() throws {
        #expect(throws: Failure.self) { try FolderScan("\(root)/none", included: []) }
        let deep = root + String(repeating: "/d", count: 20)
        try Directory.create(deep)
        #expect(throws: Failure.self) { try FolderScan(root, included: []) }
    }

    @Test(.enabled(if: Machine.userNumber != 0, "root can read every folder"))
    func `an unreadable folder is refused with its reason`() throws {
        _ = chmod("\(root)/sub", 0)
        defer { _ = chmod("\(root)/sub", 0o700) }
        #expect(throws: Failure.self) { try FolderScan(root, included: []) }
    }
}
