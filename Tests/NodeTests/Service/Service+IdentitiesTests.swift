import Genome
import Host
import Store
import Testing
import Wire

@testable import Node

@Suite("Identities of a home") struct ServiceIdentitiesTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private func identity(_ action: String, _ more: [(String, JSONValue)] = []) throws -> JSONObject
    {
        let base: [(String, JSONValue)] = [("action", .string(action)), ("name", "me")]
        return try home.ask("identity", base + more)
    }

    private func share() throws -> JSONObject {
        let path = try home.laboratory.write("poem.txt", "some text\n")
        return try home.ask(
            "share",
            [
                ("paths", ["poem.txt"]), ("folder", "poem"), ("visibility", "public"),
                ("type", "memory"), ("licence", "MIT"), ("name", "poem"), ("as", "me"),
            ], files: [try File(path, .read)])
    }

    @Test func `an identity publishes under its key once it delegated`() throws {
        let made = try identity("create")
        let key = try #require(made["key"]?.string)
        #expect(throws: Failure.self) { try share() }
        let delegated = try home.ask("delegate", [("identity", "me"), ("days", 3)])
        #expect(delegated["delegations"]?.array?.count == 1)
        let layer = try #require(try share()["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
        #expect(try home.service.heldManifest(layer).publisher.base32 == key)
        let answer = try home.ask(
            "withdraw", [("layer", .string(layer.hexadecimal)), ("reason", "wrong")])
        #expect(answer["kind"]?.string == "withdrawal")
        try home.ask(
            "delegate",
            [
                ("identity", "me"), ("end", true),
                ("key", .string(home.service.keys.node.publicKey.base32)),
            ])
        #expect(try home.ask("delegate")["delegations"] == [])
    }

    @Test func `a stranger's delegation makes this node act for nobody`() throws {
        let stranger = SigningKey(seed: [UInt8](repeating: 5, count: 32))!
        let node = home.service.keys.node.publicKey
        let now = Clock.wallMilliseconds()
        let unsigned = UnsignedRecord(
            publisher: stranger.publicKey, sequence: 1, issued: now, expires: now + 86_400_000,
            content: .delegation(DelegationContent(key: node, rights: [.publish], label: nil)))
        let record = try unsigned.signed(stranger.sign(unsigned.signingInput))
        try home.service.catalogue.put([record])
        #expect(home.service.rights.delegations(to: node).isEmpty)
        try home.service.library.setTrust(stranger.publicKey, isTrusted: true)
        #expect(home.service.rights.delegations(to: node).count == 1)
    }

    @Test func `a signer that does not sign leaves nothing behind`() throws {
        let key = SigningKey(seed: [UInt8](repeating: 5, count: 32))!.publicKey.base32
        #expect(throws: Failure.self) {
            try identity("add", [("command", ["/bin/echo", "no"]), ("key", .string(key))])
        }
        #expect(throws: Failure.self) { try identity("add", [("file", "/nowhere")]) }
        #expect(throws: Failure.self) { try identity("add", [("agentKey", "")]) }
        #expect(throws: Failure.self) {
            try home.ask("identity", [("action", "create"), ("name", "../me")])
        }
        #expect(try identity("list")["identities"] == [])
        _ = try identity("create")
        #expect(throws: Failure.self) { try identity("create") }
    }
}
