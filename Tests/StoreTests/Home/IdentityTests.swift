import Testing
import Wire

@testable import Store

@Suite struct IdentityTests {
    private let key = SigningKey(seed: [UInt8](repeating: 4, count: 32))!.publicKey

    @Test func `is read as it was written, and in no other form`() throws {
        let places: [Identity.Place] = [
            .file(path: "/keys/a b"), .agent(socket: nil), .agent(socket: "/run/agent"),
            .command(["/bin/sign", "--with", "token"]),
        ]
        for place in places {
            let identity = try #require(Identity(name: "me", key: key, place: place))
            #expect(Identity(name: "me", lines: identity.lines) == identity)
            #expect(Identity(name: "me", lines: identity.lines + ["more"]) == nil)
            #expect(Identity(name: "me", lines: Array(identity.lines.prefix(2))) == nil)
        }
    }

    @Test func `has a plain name and whole paths`() {
        for name in ["", "-a", "A", "a/b", "a.key", String(repeating: "a", count: 33)] {
            #expect(Identity(name: name, key: key, place: .agent(socket: nil)) == nil)
        }
        #expect(Identity(name: "me", key: key, place: .file(path: "here")) == nil)
        #expect(Identity(name: "me", key: key, place: .command([])) == nil)
        #expect(Identity(name: "me", key: key, place: .command(["/x", "a\nb"])) == nil)
    }
}
