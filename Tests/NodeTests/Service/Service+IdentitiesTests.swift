import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("Identities of a home") struct ServiceIdentitiesTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    @discardableResult
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
        let early = #expect(throws: Failure.self) { try share() }
        #expect(early?.message == "me does not let this node publish for it")
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
        let late = #expect(throws: Failure.self) { try share() }
        #expect(late?.message == "me does not let this node publish for it")
    }

    @Test func `an identity grants, takes back and narrows its layers itself`() throws {
        let key = try #require(try identity("create")["key"]?.string)
        try home.ask("delegate", [("identity", "me")])
        let path = try home.laboratory.write("few.txt", "for few\n")
        let friend = SigningKey(seed: [UInt8](repeating: 9, count: 32))!.publicKey
        let made = try home.ask(
            "share",
            [
                ("paths", ["few.txt"]), ("folder", "few"), ("visibility", "whitelist"),
                ("type", "memory"), ("licence", "MIT"), ("name", "few"), ("as", "me"),
                ("allow", [.string(friend.base32)]),
            ], files: [try File(path, .read)])
        let layer = try #require(made["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
        let manifest = try home.service.heldManifest(layer)
        #expect(manifest.publisher.base32 == key)
        func policy() throws -> LayerPolicy { try home.service.rights.policy(of: manifest) }
        #expect(try policy().grants.map(\.grantee) == [friend])
        let arguments: [(String, JSONValue)] = [
            ("layer", .string(layer.hexadecimal)), ("key", .string(friend.base32)),
        ]
        try home.ask("revoke", arguments)
        #expect(try policy().grants.map(\.isRevoked) == [true])
        try home.ask("grant", arguments)
        #expect(try policy().grants.map(\.isRevoked) == [false])
        try home.ask("revoke", [arguments[0], ("visibility", "private")])
        #expect(try policy().visibility == .private)
        // Each is the identity's word, not the node's.
        let said = home.service.rights.statements(about: layer).map(\.statement.publisher)
        #expect(Set(said) == [manifest.publisher] && said.count == 2)
        try identity("remove")
        let error = #expect(throws: Failure.self) { try home.ask("grant", arguments) }
        #expect(error?.code == .refused)
    }

    @Test func `whom a share names is granted it, also where the first try ended half-way`() throws
    {
        try identity("create")
        try home.ask("delegate", [("identity", "me")])
        let path = try home.laboratory.write("few.txt", "for few\n")
        let keys = (11..<14).map { SigningKey(seed: [UInt8](repeating: $0, count: 32))!.publicKey }
        func share(_ allowed: [NodeKey]) throws -> Manifest {
            let answer = try home.ask(
                "share",
                [
                    ("paths", ["few.txt"]), ("folder", "few"), ("visibility", "whitelist"),
                    ("type", "memory"), ("licence", "MIT"), ("name", "few"), ("as", "me"),
                    ("allow", .array(allowed.map { .string($0.base32) })),
                ], files: [try File(path, .read)])
            return try home.service.heldManifest(
                try #require(answer["layer"]?.string.flatMap { Digest(hexadecimal: $0) }))
        }
        // As after a signer that failed behind its first grant.
        let manifest = try share([keys[0]])
        func grants() throws -> Set<NodeKey> {
            Set(
                try home.service.rights.policy(of: manifest).grants.filter { !$0.isRevoked }
                    .map(\.grantee))
        }
        func said(to key: NodeKey) -> [UInt64] {
            home.service.rights.statements(about: manifest.layer).map(\.statement)
                .filter { $0.body["grantee"]?.string == key.base32 }.map(\.sequence)
        }
        let first = said(to: keys[0])
        #expect(first.count == 1)
        #expect(try share([keys[0], keys[1], keys[1]]).layer == manifest.layer)
        #expect(try grants() == [keys[0], keys[1]])
        // What stands is not said again; what was taken back is, since it is asked for.
        #expect(said(to: keys[0]) == first && said(to: keys[1]).count == 1)
        try home.ask(
            "revoke",
            [
                ("layer", .string(manifest.layer.hexadecimal)),
                ("key", .string(keys[0].base32)),
            ])
        #expect(try grants() == [keys[1]])
        _ = try share([keys[0], keys[2]])
        #expect(try grants() == Set(keys))
    }

    @Test func `of two that are made at once under one name one stays whole`() throws {
        let shelf = IdentityShelf(home.layout)
        let made = Lock<[Identity]>([])
        let lanes = try (0..<8).map { try Lane("maker-\($0)") }
        for lane in lanes {
            lane.submit {
                if let identity = try? shelf.create("twin") {
                    made.withLock { $0.append(identity) }
                }
            }
        }
        for lane in lanes { lane.close() }
        let all = made.withLock { $0 }
        #expect(all.count == 1)
        #expect(try shelf.all() == all)
        guard case .file(let path)? = all.first?.place else {
            Issue.record("no file holds the key")
            return
        }
        #expect(try IdentityShelf.secret(at: path).publicKey == all.first?.key)
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
        #expect(home.service.rights.ownDelegations().isEmpty)
        try home.service.library.setTrust(stranger.publicKey, isTrusted: true)
        #expect(home.service.rights.ownDelegations().map(\.rights) == [[]])
        // Of a peer only those count that are asked for.
        let found = home.service.rights.delegations(to: node, of: [stranger.publicKey])
        #expect(found.map(\.publisher) == [stranger.publicKey])
        #expect(home.service.rights.delegations(to: node, of: []).isEmpty)
    }

    @Test func `a name comes before the start of a key, and what fits two fits none`() throws {
        let shelf = home.service.identities
        func add(_ name: String, _ last: UInt8) throws -> NodeKey {
            let key = try #require(NodeKey(bytes: [UInt8](repeating: 7, count: 31) + [last]))
            try shelf.add(
                try #require(Identity(name: name, key: key, place: .command(["/bin/false"]))))
            return key
        }
        let first = try add("0", 1)
        let start = String(first.base32.prefix(8))
        #expect(try home.service.identity(named: start).name == "0")
        _ = try add("1", 2)
        let error = #expect(throws: Failure.self) { try home.service.identity(named: start) }
        #expect(error?.code == .refused && error?.message.contains("0, 1") == true)
        let named = try #require(NodeKey(bytes: [UInt8](repeating: 9, count: 32)))
        try shelf.add(
            try #require(Identity(name: start, key: named, place: .command(["/bin/false"]))))
        #expect(try home.service.identity(named: start).key == named)
        #expect(try home.service.identity(named: first.base32).name == "0")
    }

    @Test func `a signer that does not sign leaves nothing behind`() throws {
        let key = SigningKey(seed: [UInt8](repeating: 5, count: 32))!.publicKey.base32
        let echo = #expect(throws: Failure.self) {
            try identity("add", [("command", ["/bin/echo", "no"]), ("key", .string(key))])
        }
        #expect(echo?.why == "/bin/echo printed neither 64 bytes nor their base64")
        let missing = #expect(throws: Failure.self) {
            try identity("add", [("file", "/nowhere")])
        }
        #expect(missing?.message.contains("/nowhere") == true)
        let lonely = #expect(throws: Failure.self) { try identity("add", [("agentKey", "")]) }
        #expect(lonely?.message == "there is no SSH agent")
        let path = #expect(throws: Failure.self) {
            try home.ask("identity", [("action", "create"), ("name", "../me")])
        }
        #expect(path?.code == .usage)
        #expect(try identity("list")["identities"] == [])
        _ = try identity("create")
        let again = #expect(throws: Failure.self) { try identity("create") }
        #expect(again?.code == .refused)
        #expect(try home.service.identities.all().count == 1)
    }
}
