import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

/// Organisations of homes that hand their documents to each other by hand.
@Suite("Organisations of several homes") struct ServiceOrganizationsTests {
    private let home: HomeFixture
    private let other: HomeFixture
    private let friend = SigningKey(seed: [UInt8](repeating: 3, count: 32))!.publicKey
    private let friendSealing = [UInt8](repeating: 9, count: 32)

    init() throws {
        home = try HomeFixture()
        other = try HomeFixture()
        try home.ask("org", [("action", "create"), ("name", "northlab")])
    }

    @discardableResult
    private func org(
        _ place: HomeFixture, _ action: String, _ more: [(String, JSONValue)] = []
    ) throws -> JSONObject {
        try place.ask(
            "org", [("action", .string(action)), ("organization", "northlab")] + more)
    }

    private func refused(
        _ place: HomeFixture, _ action: String, _ more: [(String, JSONValue)] = []
    ) throws -> Failure {
        let error = #expect(throws: Failure.self) { try org(place, action, more) }
        return try #require(error)
    }

    private func key(_ place: HomeFixture) -> NodeKey { place.service.keys.node.publicKey }

    private func text(_ place: HomeFixture) -> JSONValue { .string(key(place).base32) }

    private func known(_ place: HomeFixture) throws -> KnownOrganization {
        try place.service.organization(named: "northlab")
    }

    private func epochs(_ place: HomeFixture) throws -> [EpochSecrets] {
        try place.service.shelf.epochs(of: try known(home).id)
    }

    private func members(_ place: HomeFixture) throws -> Set<NodeKey> {
        Set(try place.service.library.memberships(of: try known(home).id).map(\.0.member))
    }

    /// All documents of a home, also those that `export` leaves out.
    private func everything(_ place: HomeFixture) throws -> [String] {
        let known = try known(place)
        let places = try place.service.library.memberships(of: known.id).map(\.envelope)
        return (known.documents + places).map { String(decoding: $0, as: UTF8.self) }
    }

    @discardableResult
    private func carry(_ documents: [String], to place: HomeFixture) throws -> JSONObject {
        try org(
            place, "import", [("documents", .array(documents.map { .string($0) }))])
    }

    private func documents(_ answer: JSONObject) -> [String] {
        (answer["documents"]?.array ?? []).compactMap(\.string)
    }

    private func admit(
        _ member: NodeKey, at place: HomeFixture, _ sealing: [UInt8]?, at time: Int64? = nil
    ) throws {
        _ = try place.service.admit(
            try known(place), member, rights: [.read], life: 7 * 86_400, label: nil,
            sealing: sealing, at: time)
    }

    /// Makes the other home an issuer and a member, whose node was never met.
    private func join(_ thresholds: [String] = []) throws {
        try admit(key(other), at: home, other.service.keys.sealingPublic)
        try carry(try everything(home), to: other)
        try org(
            home, "root",
            [
                ("add", [text(other)]),
                ("thresholds", .array(thresholds.map { .string($0) })),
            ])
    }

    // MARK: Import

    @Test func `a home that a file makes an issuer takes its memberships`() throws {
        try join()
        try admit(friend, at: home, friendSealing)
        let taken = try carry(documents(try org(home, "export")), to: other)
        #expect(try members(other) == [key(home), key(other), friend])
        #expect(taken["passedOver"] == [])
        // The new root, and the two memberships that were not kept by a mere member's home.
        #expect(taken["news"]?.integer == 3)
        let again = try carry(documents(try org(home, "export")), to: other)
        #expect(again["news"]?.integer == 0)
    }

    @Test func `what was taken back or ran out stops nothing that is good`() throws {
        try join()
        try admit(friend, at: home, friendSealing)
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let late = SigningKey(seed: [UInt8](repeating: 4, count: 32))!.publicKey
        try admit(late, at: home, friendSealing, at: now - 8 * 86_400)
        try org(home, "revoke", [("key", .string(friend.base32))])
        let all = try everything(home)
        #expect(all.count == 7, "two roots, a list, four memberships")
        let taken = try carry(all, to: other)
        #expect(try members(other) == [key(home), key(other)])
        let why = (taken["passedOver"]?.array ?? []).map { ($0["member"], $0["why"]?.string) }
        #expect(why.count == 2)
        #expect(
            why.contains {
                $0.0?.string == friend.base32 && $0.1?.contains("taken back") == true
            })
        #expect(why.contains { $0.0?.string == late.base32 })
        #expect(try known(other).organization.revocations?.keys == [friend])
        // An export has only what counts; a file with nothing else is an error.
        #expect(documents(try org(home, "export")).count == 5)
        let alone = try everything(home).filter { text in
            let envelope = try Envelope.decode(Array(text.utf8), payloadMax: 1 << 20)
            return (try? Membership.decode(envelope.payload))?.member == friend
        }
        #expect(alone.count == 1)
        let error = #expect(throws: Failure.self) { try carry(alone, to: other) }
        #expect(error?.message.contains("taken back") == true)
    }

    @Test func `memberships that a new threshold ended stop no import`() throws {
        try join(["issuer=3"])
        let shown = try org(home, "show")["members"]?.array ?? []
        #expect(shown.count == 2)
        #expect(
            shown.allSatisfy {
                $0["fault"]?.string?.contains("2 of the 3 issuer keys") == true
            })
        try admitTogether(friend)
        let all = try everything(home)
        let taken = try carry(all, to: other)
        #expect(try known(other).organization.root.version == 2)
        #expect(taken["passedOver"]?.array?.count == 2, "both were signed by one home alone")
        #expect(try members(other).contains(friend))
    }

    /// A membership that both homes sign, kept in the first.
    private func admitTogether(_ member: NodeKey) throws {
        let draft = try org(
            home, "add",
            [
                ("key", .string(member.base32)), ("isDraft", true),
                ("sealing", .string(other.service.keys.sealingRecipient)),
            ])
        let signed = try org(other, "sign", [("documents", draft["documents"] ?? [])])
        #expect(signed["complete"] == true)
        try carry(documents(signed), to: home)
    }

    @Test func `a file from before the newest revocation list is taken all the same`() throws {
        try org(home, "revoke", [("key", .string(friend.base32))])
        let draft = try org(home, "root", [("add", [text(other)]), ("isDraft", true)])
        try org(home, "revoke", [("key", .string(SigningKey.random().publicKey.base32))])
        try carry(documents(draft), to: home)
        #expect(try known(home).organization.root.version == 2)
        #expect(try known(home).organization.revocations?.version == 2)
    }

    @Test func `a wrong root is said, and the list behind it taken`() throws {
        try join()
        try carry(try everything(home), to: other)
        try org(home, "revoke", [("key", .string(friend.base32))])
        let stranger = try #require(SigningKey(seed: [UInt8](repeating: 8, count: 32)))
        let root = try known(home).organization.root
        let forged = try OrganizationRoot.make(
            organization: root.organization, name: root.name, version: root.version + 1,
            previous: root.digest, keys: root.keys, thresholds: root.thresholds,
            issued: root.issued, expires: root.expires)
        let envelope = Envelope.signed(
            forged.bytes, type: OrganizationRoot.payloadType, by: stranger)
        let all =
            [String(decoding: envelope.encode(), as: UTF8.self)] + (try everything(home))
        let error = #expect(throws: Failure.self) { try carry(all, to: other) }
        #expect(error?.message.contains("0 of the 1 root keys") == true)
        #expect(try known(other).organization.root.version == root.version)
        #expect(try known(other).organization.revocations?.version == 1)
    }

    // MARK: Epochs

    @Test func `no epoch begins where nobody can sign for it`() throws {
        try join(["issuer=3"])
        try carry(try everything(home), to: other)
        let before = try epochs(home)
        let error = try refused(home, "rotate")
        #expect(error.message.contains("3 issuers") && error.remedy.contains("--out"))
        #expect(try epochs(home) == before)
        // Renewing says the same, and not that it went well.
        #expect(try refused(home, "renew").message == error.message)
        // A draft is not kept before enough have signed it and it came back.
        let draft = try org(home, "rotate", [("isDraft", true)])
        #expect(try epochs(home) == before)
        let signed = try org(other, "sign", [("documents", draft["documents"] ?? [])])
        #expect(try epochs(home) == before)
        try carry(documents(signed), to: home)
        #expect(try epochs(home).map(\.number) == [1, 2])
        #expect(try epochs(home).first == before.first)
    }

    @Test func `a mere member begins no epoch`() throws {
        try admit(key(other), at: home, other.service.keys.sealingPublic)
        try carry(try everything(home), to: other)
        let before = try epochs(other)
        #expect(before.count == 1)
        #expect(try refused(other, "rotate").message.contains("does not speak for"))
        #expect(try epochs(other) == before)
    }

    @Test func `an issuer without the secrets makes no members, and takes none away`() throws {
        try org(home, "root", [("add", [text(other)])])
        try carry(try everything(home), to: other)
        let sealing: (String, JSONValue) = (
            "sealing", .string(home.service.keys.sealingRecipient)
        )
        let add: [(String, JSONValue)] = [("key", .string(friend.base32)), sealing]
        let none = try refused(other, "add", add)
        #expect(none.message.contains("no secrets") && none.remedy.contains("org add"))
        #expect(try refused(other, "rotate").message == none.message)
        // Once it is a member it makes members, until somebody has an epoch that it has not.
        try admit(key(other), at: home, other.service.keys.sealingPublic)
        try carry(try everything(home), to: other)
        try org(other, "add", add)
        try org(home, "rotate")
        try admit(friend, at: home, friendSealing, at: now + 5)
        let rest = try everything(home).filter { text in
            let envelope = try Envelope.decode(Array(text.utf8), payloadMax: 1 << 20)
            return (try? Membership.decode(envelope.payload))?.member != key(other)
        }
        try carry(rest, to: other)
        let fewer = try refused(other, "add", add)
        #expect(fewer.message.contains("lacks secrets"))
        try admit(key(other), at: home, other.service.keys.sealingPublic, at: now + 5)
        try carry(try everything(home), to: other)
        try org(other, "add", add)
        let place = try other.service.library.memberships(of: try known(other).id)
            .map(\.0).first { $0.member == friend }
        #expect(place?.epochs.map(\.number) == [1, 2])
    }

    private var now: Int64 { Int64(Clock.wallMilliseconds() / 1_000) }

    @Test func `a member keeps the secrets that a later membership does not bring`() throws {
        try join()
        let before = try epochs(other)
        #expect(before.count == 1)
        let place = try Membership.make(
            organization: try known(home).id, member: key(other), rights: [.read],
            rootVersion: 1, issued: now + 3, expires: now + 9_999)
        var envelope = Envelope(payloadType: Membership.payloadType, payload: place.bytes)
        try home.service.shelf.sign(
            &envelope, as: .issuer, of: [try known(home).organization.root])
        try carry([String(decoding: envelope.encode(), as: UTF8.self)], to: other)
        #expect(try known(other).place?.epochs.isEmpty == true)
        #expect(try epochs(other) == before)
    }

    @Test func `two issuers who begin an epoch at once come to one`() throws {
        try join()
        try carry(try everything(home), to: other)
        try org(home, "rotate")
        try org(other, "rotate")
        #expect(try epochs(home).last != epochs(other).last)
        // Each makes the other's membership anew, and hands it over.
        try admit(key(other), at: home, other.service.keys.sealingPublic, at: now + 20)
        try carry(try everything(home), to: other)
        try admit(key(home), at: other, home.service.keys.sealingPublic, at: now + 40)
        try carry(try everything(other), to: home)
        #expect(try epochs(other).map(\.number) == [1, 2, 2], "what was sealed for either opens")
        #expect(try epochs(home).last == epochs(other).last)
        try org(home, "rotate")
        #expect(try epochs(home).last?.number == 3)
        #expect(try known(home).place?.epochs.map(\.number) == [1, 2, 3])
    }

    // MARK: Signing

    @Test func `a list that a dropped key signed goes through the hands of signers whole`() throws {
        // The first home signs a list and leaves with all of its keys; two others stay.
        let third = try HomeFixture()
        try join()
        try org(home, "revoke", [("key", .string(friend.base32))])
        let founder = try known(home).id.base32
        let draft = try org(
            home, "root",
            [
                ("add", [text(third)]), ("remove", [.string(founder), text(home)]),
                ("thresholds", ["issuer=2"]), ("isDraft", true),
            ])
        let next = try org(other, "sign", [("documents", draft["documents"] ?? [])])
        #expect(next["complete"] == true)
        try carry(documents(next), to: other)
        let member = SigningKey(seed: [UInt8](repeating: 5, count: 32))!.publicKey
        let made = try org(
            other, "add",
            [
                ("key", .string(member.base32)), ("isDraft", true),
                ("sealing", .string(home.service.keys.sealingRecipient)),
            ])
        #expect(documents(made).count == 5, "three roots, the list, a membership")
        // The third knows nothing but the file.
        let signed = try third.ask(
            "org", [("action", "sign"), ("documents", made["documents"] ?? [])])
        #expect(signed["complete"] == true)
        #expect(documents(signed)[..<4] == documents(made)[..<4])
        try carry(documents(signed), to: third)
        #expect(try known(third).organization.revocations?.keys == [friend])
        #expect(try known(third).organization.root.version == 3)
        let places = try third.service.library.memberships(of: try known(third).id)
        #expect(places.map(\.0.member) == [member])
        // To whoever checks it, the file shows what is to be signed and not the old list.
        let checked = try third.ask(
            "org",
            [("action", "sign"), ("isCheck", true), ("documents", made["documents"] ?? [])])
        let kinds = (checked["signing"]?.array ?? []).map { $0["kind"]?.string }
        #expect(kinds == ["membership"])
    }

    // MARK: Renewal and founding

    @Test func `renewing that reached nobody is an error with what to do`() throws {
        try admit(friend, at: home, friendSealing)
        try org(home, "revoke", [("key", text(home))])
        try home.service.shelf.keepEpochs(
            of: try known(home).id, EpochSecrets.random(number: 2))
        let error = try refused(home, "renew")
        #expect(error.message.contains("sealing key of \(friend.fingerprint)"))
        #expect(error.remedy.contains("--sealing"))
        // Where somebody was reached the others are told, each with what to do.
        let third = try HomeFixture()
        try home.service.catalogue.put([try Self.record(of: third)])
        try admit(key(third), at: home, third.service.keys.sealingPublic)
        let done = try org(home, "renew")
        #expect(done["renewed"]?.array == [text(third)])
        #expect(done["notRenewed"]?.array?.first?["do"]?.string?.contains("--sealing") == true)
    }

    /// What a home's node says of itself, with its sealing key.
    private static func record(of place: HomeFixture) throws -> Record {
        let keys = place.service.keys
        let issued = Clock.wallMilliseconds()
        var content = NodeContent(endpoints: [], services: [.catalogue])
        content.sealing = NodeContent.Sealing(
            key: try #require(Digest(bytes: keys.sealingPublic)), notAfter: issued + 3_600_000)
        let unsigned = UnsignedRecord(
            publisher: keys.node.publicKey, sequence: issued, issued: issued,
            expires: issued + 3_600_000, content: .node(content))
        return try unsigned.signed(keys.node.sign(unsigned.signingInput))
    }

    @Test func `a key founds once, also after its organisation was left`() throws {
        try home.ask("identity", [("action", "create"), ("name", "lab")])
        let create: [(String, JSONValue)] = [
            ("action", "create"), ("name", "southlab"), ("as", "lab"),
        ]
        let made = try home.ask("org", create)
        let id = try #require(made["organization"]?.string.flatMap { NodeKey(base32: $0) })
        let secrets = try OrganizationSecrets.read(id, home.layout)
        #expect(secrets?.epochs.count == 1)
        try home.ask("org", [("action", "leave"), ("organization", "southlab")])
        let error = #expect(throws: Failure.self) { try home.ask("org", create) }
        #expect(error?.message == "lab has founded an organisation before")
        #expect(try OrganizationSecrets.read(id, home.layout) == secrets)
    }

    // MARK: What was taken back

    private func documents(of member: NodeKey) throws -> [Membership] {
        try home.service.library.memberships(of: try known(home).id).map(\.0)
            .filter { $0.member == member }
    }

    @Test func `a key taken out longer ago than memberships last leaves the list, for good`() throws
    {
        let (day, today) = (Int64(86_400), now)
        let late = SigningKey(seed: [UInt8](repeating: 4, count: 32))!.publicKey
        for key in [friend, late] {
            try admit(key, at: home, friendSealing, at: today - 40 * day)
        }
        _ = try home.service.revocations(
            try known(home), adding: friend, at: today - 31 * day)
        _ = try home.service.revocations(try known(home), adding: late, at: today - 29 * day)
        #expect(try known(home).organization.revokedKeys.count == 2)
        try org(home, "renew")
        #expect(try known(home).organization.revokedKeys == [late: today - 29 * day])
        #expect(try documents(of: friend).isEmpty && documents(of: late).count == 1)
        // Nobody renews what is not there.
        let renewed = try org(home, "renew")["renewed"]?.array ?? []
        #expect(!renewed.contains(.string(friend.base32)))
        #expect(try documents(of: friend).isEmpty)
    }

    @Test func `who is made a member again comes off the list, with the new membership alone`()
        throws
    {
        try admit(friend, at: home, friendSealing)
        let before = try #require(try documents(of: friend).first)
        try org(home, "revoke", [("key", .string(friend.base32))])
        let add: [(String, JSONValue)] = [
            ("key", .string(friend.base32)), ("rights", ["read"]),
            ("sealing", .string(home.service.keys.sealingRecipient)),
        ]
        let draft = try org(home, "add", add + [("isDraft", true)])
        #expect(documents(draft).count == 4, "a root, both lists, the membership")
        #expect(try known(home).organization.revokedKeys[friend] != nil)
        try org(home, "add", add)
        let after = try #require(try documents(of: friend).first)
        let organization = try known(home).organization
        #expect(organization.revokedKeys.isEmpty && organization.fault(of: after, at: now) == nil)
        #expect(after != before && organization.fault(of: before, at: now) == .revoked)
        // A home without the member's sealing key changes nothing.
        try org(home, "revoke", [("key", .string(friend.base32))])
        _ = try refused(home, "add", [("key", .string(friend.base32))])
        #expect(try known(home).organization.revokedKeys[friend] != nil)
    }

    @Test func `a renewal has the rights that stand when it is made`() throws {
        func admit(_ rights: Set<MembershipRight>) throws {
            _ = try home.service.admit(
                try known(home), friend, rights: rights, life: 7 * 86_400, label: "bench",
                sealing: friendSealing)
        }
        try admit([.read, .publish])
        let before = try known(home)
        try admit([.read])
        _ = try home.service.admitAgain(before, friend)
        let place = try #require(try documents(of: friend).first)
        #expect(place.rights == [.read] && place.label == "bench")
        #expect(place.expires - place.issued == 7 * 86_400)
    }

    @Test func `an organisation too many leaves no secrets behind`() throws {
        for index in 1..<Library.organizationsMax {
            let key = SigningKey(seed: [UInt8](repeating: UInt8(100 + index), count: 32))!
            let root = try OrganizationRoot.make(
                organization: key.publicKey, name: "lab \(index)", version: 1, previous: nil,
                keys: [.init(key: key.publicKey, roles: [.root, .issuer])],
                thresholds: [.root: 1, .issuer: 1], issued: now, expires: now + 86_400)
            try home.service.library.add(
                credential: Envelope.signed(
                    root.bytes, type: OrganizationRoot.payloadType, by: key), joining: true)
        }
        try home.ask("identity", [("action", "create"), ("name", "lab")])
        func secrets() throws -> Int {
            try Directory.list("\(home.layout.home)/keys").count {
                $0.name.hasPrefix("organization-")
            }
        }
        let before = try secrets()
        for more in [[], [("as", "lab")]] as [[(String, JSONValue)]] {
            let error = #expect(throws: Failure.self) {
                try home.ask("org", [("action", "create"), ("name", "southlab")] + more)
            }
            #expect(error?.message.contains("64 organisations") == true, "\(error as Any)")
        }
        #expect(try secrets() == before)
    }
}
