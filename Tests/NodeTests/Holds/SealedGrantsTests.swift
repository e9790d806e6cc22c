import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite struct SealedGrantsTests {
    private let home: HomeFixture
    private let grantee: SigningKey
    private let secret = [UInt8](repeating: 6, count: 32)
    private let mirror: NodeKey

    private var library: Library { home.service.library }
    private var grants: SealedGrants { home.service.sealedGrants }

    init() throws {
        home = try HomeFixture()
        grantee = try #require(SigningKey(seed: [UInt8](repeating: 41, count: 32)))
        mirror = try #require(SigningKey(seed: [UInt8](repeating: 42, count: 32))).publicKey
    }

    /// The grantee's node says its sealing key.
    private func meet() throws {
        var content = NodeContent(endpoints: [], services: [.catalogue])
        let now = Clock.wallMilliseconds()
        content.sealing = NodeContent.Sealing(
            key: try #require(Digest(bytes: Sodium.exchangePublicKey(secret: secret))),
            notAfter: now + 3_600_000)
        let unsigned = UnsignedRecord(
            publisher: grantee.publicKey, sequence: now, issued: now, expires: now + 3_600_000,
            content: .node(content))
        try home.service.catalogue.put([try unsigned.signed(grantee.sign(unsigned.signingInput))])
    }

    private func shared(_ visibility: String = "whitelist") throws -> Manifest {
        let answer = try home.share("chosen", visibility: visibility)
        let layer = try #require(answer["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
        return try home.service.heldManifest(layer)
    }

    /// A contract that the mirror has fulfilled.
    private func mirrored(_ manifest: Manifest, days: Int64 = 9) throws -> Digest {
        let answer = try home.ask(
            "mirror",
            [
                ("action", "ask"), ("layer", .string(manifest.layer.hexadecimal)),
                ("mirror", .string(mirror.base32)), ("days", .integer(days)),
            ])
        #expect(answer["state"]?.string == "asked")
        let contract = try #require(
            answer["contract"]?.string.flatMap { Digest(hexadecimal: $0) })
        try library.completeHold(contract)
        return contract
    }

    private func grant(_ manifest: Manifest, to key: NodeKey) throws -> (Grant, Statement) {
        let found = home.service.rights.statements(about: manifest.layer).map(\.statement)
            .filter { $0.body["grantee"]?.string == key.base32 }
        let statement = try #require(found.first)
        return (try #require(Grant(statement)), statement)
    }

    private func give(_ manifest: Manifest) throws {
        try home.ask(
            "grant",
            [
                ("layer", .string(manifest.layer.hexadecimal)),
                ("key", .string(grantee.publicKey.base32)), ("use", "to compare"),
                ("expires", .integer(4_000_000_000)),
            ])
    }

    @Test func `a grant is said anew once a mirror has all, and stays what it was beside`() throws {
        try meet()
        let manifest = try shared()
        try give(manifest)
        #expect(try !grants.refresh(manifest))
        let contract = try mirrored(manifest)
        #expect(try grants.refresh(manifest))
        #expect(try !grants.refresh(manifest))
        let (grant, statement) = try grant(manifest, to: grantee.publicKey)
        #expect(statement.sequence == 2 && statement.expires == 4_000_000_000)
        #expect(statement.body["purpose"]?.string == "to compare")
        let place = try #require(grant.sealed)
        #expect(place.copies == [.init(mirror: mirror, contract: contract)])
        let copy = try #require(try SealedCopy.read(manifest.layer, library.layout))
        #expect(place.header.unwrapped(secret: secret) == copy.key && place.index == copy.index)
        // Of two contracts with one mirror the longer one is named.
        let longer = try mirrored(manifest, days: 90)
        #expect(try grants.refresh(manifest))
        let next = try #require(try self.grant(manifest, to: grantee.publicKey).0.sealed)
        #expect(next.copies == [.init(mirror: mirror, contract: longer)])
        #expect(next.header == place.header)
    }

    @Test func `a contract that ends is told of no more, and a revoked grant tells nothing`() throws
    {
        try meet()
        let manifest = try shared()
        try give(manifest)
        let contract = try mirrored(manifest)
        #expect(try grants.refresh(manifest))
        try home.ask(
            "mirror", [("action", "end"), ("layer", .string(contract.hexadecimal))])
        #expect(try grant(manifest, to: grantee.publicKey).0.sealed == nil)
        try home.ask(
            "revoke",
            [
                ("layer", .string(manifest.layer.hexadecimal)),
                ("key", .string(grantee.publicKey.base32)),
            ])
        _ = try mirrored(manifest)
        #expect(try !grants.refresh(manifest))
        #expect(try grant(manifest, to: grantee.publicKey).1.body["sealed"] == nil)
    }

    @Test func `a grantee whose sealing key is not known yet is told later`() throws {
        let manifest = try shared()
        try give(manifest)
        _ = try mirrored(manifest)
        #expect(try !grants.refresh(manifest))
        try meet()
        #expect(try grants.refresh(manifest))
        #expect(try grant(manifest, to: grantee.publicKey).0.sealed != nil)
    }

    @Test func `an organisation is told by its newest epoch, which a former member cannot open`()
        throws
    {
        let made = try home.ask("org", [("action", "create"), ("name", "northlab")])
        let id = try #require(made["organization"]?.string.flatMap { NodeKey(base32: $0) })
        let shelf = home.service.shelf
        let before = try shelf.epochs(of: id)
        try home.ask("org", [("action", "rotate"), ("organization", "northlab")])
        let path = try home.laboratory.write("inside.txt", "For members.\n")
        let answer = try home.ask(
            "share",
            [
                ("paths", ["inside.txt"]), ("folder", "inside"), ("visibility", "organization"),
                ("organization", "northlab"), ("type", "memory"), ("licence", "MIT"),
                ("name", "inside"), ("version", "1.0.0"),
            ], files: [try File(path, .read)])
        let layer = try #require(answer["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
        let manifest = try home.service.heldManifest(layer)
        #expect(try !grants.refresh(manifest))
        _ = try mirrored(manifest)
        #expect(try grants.refresh(manifest))
        let place = try #require(try grant(manifest, to: id).0.sealed)
        let newest = try #require(try shelf.epochs(of: id).last)
        #expect(place.header.unwrapped(secret: newest.sealing) != nil)
        for epoch in before { #expect(place.header.unwrapped(secret: epoch.sealing) == nil) }
        #expect(place.header.unwrapped(secret: home.service.keys.sealingSecret) == nil)
    }
}
