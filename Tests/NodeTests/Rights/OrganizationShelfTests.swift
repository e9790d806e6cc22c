import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

struct OrganizationShelfTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private var shelf: OrganizationShelf {
        OrganizationShelf(library: home.service.library, keys: home.service.keys)
    }

    @Test func `the founder is issuer and member, and holds the secrets`() throws {
        let made = try home.ask("org", [("action", "create"), ("name", "northlab")])
        let id = try #require(made["organization"]?.string.flatMap { NodeKey(base32: $0) })
        let known = try #require(try shelf.known(id))
        #expect(try shelf.isIssuer(of: known.organization))
        #expect(known.place?.rights == Set(MembershipRight.allCases))
        #expect(known.secrets.count == 1 && known.documents.count == 1)
        #expect(known.issued.isEmpty)
        #expect(made["fault"] == .null)
    }

    @Test func `a new epoch has new secrets, newest first, and old ones stay readable`() throws {
        let made = try home.ask("org", [("action", "create"), ("name", "northlab")])
        let id = try #require(made["organization"]?.string.flatMap { NodeKey(base32: $0) })
        let first = try #require(try shelf.known(id)?.secrets.first)
        try home.ask("org", [("action", "rotate"), ("organization", "northlab")])
        let secrets = try #require(try shelf.known(id)?.secrets)
        #expect(secrets.count == 2 && secrets[1] == first && secrets[0] != first)
        #expect(try shelf.epochs(of: id).map(\.number) == [1, 2])
        // The own membership carries both, so that another home of this key could read them.
        let place = try #require(try shelf.known(id)?.place)
        #expect(place.epochs.count == 2)
        #expect(
            try place.epochs.compactMap {
                EpochSecrets($0, secret: home.service.keys.sealingSecret)
            } == shelf.epochs(of: id))
    }

    @Test func `a home without issuers' keys makes no members`() throws {
        try home.ask("org", [("action", "create"), ("name", "northlab")])
        let other = try HomeFixture()
        let documents = try home.ask(
            "org", [("action", "export"), ("organization", "northlab")])["documents"]
        try other.ask("org", [("action", "import"), ("documents", documents ?? [])])
        let own = other.service.keys.node.publicKey.base32
        #expect(throws: Failure.self) {
            try other.ask(
                "org",
                [
                    ("action", "add"), ("organization", "northlab"), ("key", .string(own)),
                ])
        }
        #expect(
            OrganizationShelf(
                library: other.service.library, keys: other.service.keys
            ).known().first?.place == nil)
    }

    @Test func `of epochs with one number each home carries the same, and keeps all`() throws {
        let made = try home.ask("org", [("action", "create"), ("name", "northlab")])
        let id = try #require(made["organization"]?.string.flatMap { NodeKey(base32: $0) })
        let twins = (0..<2).map { _ in EpochSecrets.random(number: 2) }
            .sorted { $0.sealing.lexicographicallyPrecedes($1.sealing) }
        for order in [twins, twins.reversed()] {
            for epoch in order { try shelf.keepEpochs(of: id, epoch) }
            let epochs = try shelf.epochs(of: id)
            #expect(epochs.map(\.number) == [1, 2, 2] && epochs.last == twins.first)
            #expect(OrganizationShelf.carried(epochs).last == twins.first)
            #expect(OrganizationShelf.carried(epochs).count == 2)
        }
    }

    @Test func `secrets are kept up to a number, the newest of them`() throws {
        let made = try home.ask("org", [("action", "create"), ("name", "northlab")])
        let id = try #require(made["organization"]?.string.flatMap { NodeKey(base32: $0) })
        var secrets = try #require(try OrganizationSecrets.read(id, home.layout))
        let most = OrganizationSecrets.epochsMax
        secrets.epochs = (1...most).map { EpochSecrets.random(number: UInt64($0)) }
        try secrets.write(home.layout)
        let last = EpochSecrets.random(number: UInt64(most) + 1)
        try shelf.keepEpochs(of: id, last)
        // What the own membership carries of the first is read from there.
        let kept = try #require(try OrganizationSecrets.read(id, home.layout)).epochs
        #expect(kept.count == most && kept.last == last && kept.first?.number == 2)
        #expect(try OrganizationSecrets.read(id, home.layout)?.seeds == secrets.seeds)
    }
}
