import Host
import Testing
import Wire

@testable import Store

@Suite struct IdentityShelfTests {
    private let scratch = Scratch()

    private func shelf() throws -> IdentityShelf {
        IdentityShelf(try Home.create(at: "\(scratch.path)/home").layout)
    }

    @Test func `a key that is made here signs, and is closed to others`() throws {
        let shelf = try shelf()
        let made = try shelf.create("me")
        #expect(try shelf.all() == [made])
        guard case .file(let path) = made.place else {
            Issue.record("it is in a file")
            return
        }
        #expect(try IdentityShelf.secret(at: path).publicKey == made.key)
        let file = try File(path, .write)
        #expect(try file.facts().mode & 0o777 == 0o600)
        try file.setMode(0o644)
        #expect(throws: StoreError.self) { try IdentityShelf.secret(at: path) }
    }

    @Test func `names and keys are there once`() throws {
        let shelf = try shelf()
        let made = try shelf.create("me")
        #expect(throws: StoreError.self) { try shelf.create("me") }
        let twin = try #require(Identity(name: "twin", key: made.key, place: .agent(socket: nil)))
        #expect(throws: StoreError.self) { try shelf.add(twin) }
        try shelf.remove("me")
        #expect(throws: StoreError.self) { try shelf.remove("me") }
        #expect(throws: StoreError.self) { try shelf.remove("../node") }
        // The secret stays: nothing could bring it back.
        #expect(throws: StoreError.self) { try shelf.create("me") }
        try shelf.add(twin)
        #expect(try shelf.all() == [twin])
    }
}
