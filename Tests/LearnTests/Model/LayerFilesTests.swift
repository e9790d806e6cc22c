import Foundation
import Genome
import Host
import Testing

@testable import Learn

@Suite struct LayerFilesTests {
    @Test func `a folder offers its plain files`() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.write([("a.json", [1, 2]), ("b.json", [])], to: "x")
        _ = try scratch.write([("c", [1])], to: "x/sub")
        for path in [folder, folder + "/"] {
            let files = try LayerFiles(folder: path)
            #expect(files.paths.keys.sorted() == ["a.json", "b.json"])
            #expect(try files.bytes("a.json", limit: 2) == [1, 2])
            #expect(try files.bytes("b.json", limit: 2) == [])
            #expect(try files.bytes("sub", limit: 2) == nil)
            #expect(files.has("a.json") && !files.has("sub"))
        }
    }

    @Test func `a file over its limit is refused by name`() throws {
        let scratch = try ScratchFolder()
        let files = try LayerFiles(folder: try scratch.write([("a.json", [1, 2, 3])], to: "x"))
        #expect(
            throws: LearnError.weights(
                .format(file: "a.json", .tooLarge(what: "a.json", limit: 2)))
        ) { _ = try files.bytes("a.json", limit: 2) }
    }

    @Test func `a pipe, a socket and a device are refused at once`() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.write([("a.json", [1])], to: "x")
        #expect(mkfifo(folder + "/pipe", 0o600) == 0)
        let socket = try LocalSocket.listen(folder + "/socket")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/device", withDestinationPath: "/dev/zero")
        let files = try LayerFiles(folder: folder)
        for name in ["pipe", "socket", "device"] {
            for isMapped in [false, true] {
                do throws(LearnError) {
                    if isMapped {
                        _ = try files.map(name)
                    } else {
                        _ = try files.bytes(name, limit: 9)
                    }
                    Issue.record("\(name) was read")
                } catch {
                    guard case .weights(.unreadable(name, _)) = error else {
                        Issue.record("\(error)")
                        continue
                    }
                }
            }
        }
        withExtendedLifetime(socket) {}
    }

    @Test func `what is not there or empty is said by name`() throws {
        let scratch = try ScratchFolder()
        let files = LayerFiles(["gone": scratch.path + "/gone"], title: "t")
        #expect(throws: LearnError.self) { _ = try files.bytes("gone", limit: 9) }
        #expect(throws: LearnError.weights(.missingFile("other"))) { _ = try files.map("other") }
        #expect(throws: LearnError.self) { _ = try LayerFiles(folder: scratch.path + "/none") }
        let empty = try LayerFiles(folder: try scratch.write([("e", [])], to: "y"))
        do throws(LearnError) {
            _ = try empty.map("e")
            Issue.record("an empty file was mapped")
        } catch {
            guard case .weights(.unreadable("e", _)) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
