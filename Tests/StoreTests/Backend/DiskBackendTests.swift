import Host
import Testing
import Wire

@testable import Store

@Suite struct DiskBackendTests {
    private let scratch = Scratch()

    @Test func `an object is a file named by its id, in two levels of folders`() throws {
        let home = "\(scratch.path)/home"
        let backend = try BackendKind.disk.make(home)
        let id = Blake3.hash([])
        let draft = try scratch.file("draft", [1, 2, 3])
        try backend.put(draft, as: .plain(id))
        let path = "\(home)/store/obj/af/13/\(id.hexadecimal)"
        #expect(backend.localPath(of: .plain(id)) == path)
        #expect(try File(path, .read).readAll(limit: 9) == [1, 2, 3])
        // It is the file that was given, not a copy.
        #expect(try File.facts(of: path).inode == draft.facts().inode)
    }

    @Test func `what is removed waits in the trash, by a name of its own each time`() throws {
        let home = "\(scratch.path)/home"
        let backend = try BackendKind.disk.make(home)
        for _ in 0..<2 {
            try backend.put(try scratch.file("draft", [1]), as: .coded(Blake3.hash([1])))
            try backend.remove(.coded(Blake3.hash([1])))
        }
        #expect(try Directory.list("\(home)/store/trash").count == 2)
    }

    @Test func `other files in the folders are no objects, a link is not followed`() throws {
        let home = "\(scratch.path)/home"
        let backend = try BackendKind.disk.make(home)
        let id = Blake3.hash([2])
        try Directory.create("\(home)/store/obj/af/13")
        try File("\(home)/store/obj/af/13/readme", .create).write([1], offset: 0)
        let secret = try scratch.file("secret", [1, 2])
        let name = DiskBackend(home: home).path(.plain(id))
        try Directory.create(Layout.folder(of: name))
        try Directory.link(name, to: secret.path)
        #expect(try backend.list(.plain).isEmpty)
        #expect(throws: StoreError.self) { try backend.open(.plain(id)) }
    }
}
