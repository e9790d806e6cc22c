import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryOrganizationTests {
    private let founder = Fixture.key(5)
    private let member = Fixture.key(6).publicKey
    private let now = Int64(Clock.wallMilliseconds() / 1_000)

    private func root(
        _ version: UInt64 = 1, after: OrganizationRoot? = nil
    ) throws -> (OrganizationRoot, Envelope) {
        let root = try OrganizationRoot.make(
            organization: founder.publicKey, name: "northlab", version: version,
            previous: after?.digest,
            keys: [.init(key: founder.publicKey, roles: [.root, .issuer])],
            thresholds: [.root: 1, .issuer: 1], issued: now, expires: now + 86_400 * 90)
        return (
            root, Envelope.signed(root.bytes, type: OrganizationRoot.payloadType, by: founder)
        )
    }

    private func membership(_ days: Int64 = 7, issued: Int64? = nil) throws -> Envelope {
        let start = issued ?? now
        let membership = try Membership.make(
            organization: founder.publicKey, member: member, rights: [.read], rootVersion: 1,
            issued: start, expires: start + days * 86_400)
        return Envelope.signed(membership.bytes, type: Membership.payloadType, by: founder)
    }

    private func revocations(_ version: UInt64, _ keys: Set<NodeKey>) throws -> Envelope {
        let list = try RevocationList.make(
            organization: founder.publicKey, version: version, rootVersion: 1, memberships: [],
            keys: keys, issued: now, expires: now + 86_400)
        return Envelope.signed(list.bytes, type: RevocationList.payloadType, by: founder)
    }

    @Test func `the same documents are checked once, newer ones anew, damaged ones never pass`()
        throws
    {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let id = founder.publicKey
        try library.add(credential: try root().1, joining: true)
        for _ in 0..<5 { _ = try library.organization(id) }
        #expect(library.checked.organizations.count == 1)
        try library.add(credential: try revocations(1, [member]))
        for _ in 0..<5 {
            #expect(try library.organization(id)?.revocations?.version == 1)
        }
        #expect(library.checked.organizations.count == 2)
        // A list that nobody signed, put into the index beside the program.
        let list = try RevocationList.make(
            organization: id, version: 2, rootVersion: 1, memberships: [], keys: [],
            issued: now, expires: now + 86_400)
        let forged = Envelope.signed(
            list.bytes, type: RevocationList.payloadType, by: Fixture.key(99))
        try library.index.connection.withLock { connection throws(StoreError) in
            try Index.put(credential: forged.encode(), of: id, connection)
        }
        for _ in 0..<2 { #expect(throws: StoreError.self) { try library.organization(id) } }
    }

    @Test func `nobody is made a member of anything by a message`() throws {
        let library = try LibraryFixture().library
        #expect(throws: StoreError.self) { try library.add(credential: try root().1) }
        #expect(throws: StoreError.self) {
            try library.add(credential: try membership(), joining: true)
        }
        #expect(try library.organizations().isEmpty)
        #expect(try library.add(credential: try root().1, joining: true))
        #expect(try library.organization(founder.publicKey)?.root.name == "northlab")
    }

    @Test func `documents move forward only, and come back from the journal`() throws {
        let fixture = try LibraryFixture()
        let (first, envelope) = try root()
        try fixture.library.add(credential: envelope, joining: true)
        #expect(try !fixture.library.add(credential: envelope))
        #expect(try fixture.library.add(credential: try root(2, after: first).1))
        #expect(try fixture.library.add(credential: try membership()))
        #expect(try !fixture.library.add(credential: try membership()))
        #expect(try !fixture.library.add(credential: try membership(9, issued: now - 5)))
        #expect(try fixture.library.add(credential: try membership(9)))
        #expect(try fixture.library.add(credential: try revocations(2, [])))
        #expect(throws: StoreError.self) {
            try fixture.library.add(credential: try revocations(1, [member]))
        }
        func check(_ library: Library) throws {
            let organization = try #require(try library.organization(founder.publicKey))
            #expect(organization.root.version == 2)
            #expect(organization.revocations?.version == 2)
            #expect(try library.memberships(of: founder.publicKey).count == 1)
            #expect(try library.credentials(of: founder.publicKey, .root).count == 2)
        }
        try check(fixture.library)
        try fixture.restart(LibraryFixture.loseIndex)
        try check(fixture.library)
        try fixture.restart { try Directory.removeTree($0.journal) }
        try check(fixture.library)
        try fixture.library.leave(founder.publicKey)
        #expect(try fixture.library.organizations().isEmpty)
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.organizations().isEmpty)
    }

    @Test func `what nobody signed, or is of another kind, is refused`() throws {
        let library = try LibraryFixture().library
        try library.add(credential: try root().1, joining: true)
        let forged = Envelope.signed(
            try membership().payload, type: Membership.payloadType, by: Fixture.key(9))
        let other = Envelope.signed([1], type: "text/plain", by: founder)
        for envelope in [forged, other] {
            #expect(throws: StoreError.self) { try library.add(credential: envelope) }
        }
    }

    @Test func `a grant is kept ahead of its layer, in bounds, and no other word is`() throws {
        let library = try LibraryFixture().library
        let key = Fixture.key(8)
        func grant(_ index: Int, kind: StatementKind = .grant) throws -> Envelope {
            var body = JSONObject()
            if kind == .grant {
                body["grantee"] = .string(member.base32)
                body["commands"] = ["read"]
            } else {
                body["verdict"] = "approved"
            }
            return try Statement.make(
                kind: kind, layer: Blake3.hash([UInt8(index & 255), UInt8(index >> 8)]),
                publisher: key.publicKey, sequence: 1, issued: 1, body: body
            ).signed(by: key)
        }
        #expect(throws: StoreError.self) { try library.add(statement: try grant(1)) }
        #expect(throws: StoreError.self) {
            try library.add(statement: try grant(1, kind: .review), ahead: true)
        }
        try library.add(statement: try grant(1), ahead: true)
        #expect(try library.index.grantsAhead(of: key.publicKey) == 1)
    }

    @Test func `the index takes no document in the place of a newer one`() throws {
        let fixture = try LibraryFixture()
        let (library, id) = (fixture.library, founder.publicKey)
        try library.add(credential: try root().1, joining: true)
        try library.add(credential: try membership(9))
        try library.add(credential: try revocations(2, [Fixture.key(8).publicKey]))
        // What two lanes looked at at once reached the journal one after the other.
        try library.index.connection.withLock { connection throws(StoreError) in
            for envelope in [try? membership(7), try? revocations(1, [])].compactMap({ $0 }) {
                try Index.put(credential: envelope.encode(), of: id, connection)
            }
        }
        let place = try #require(try library.memberships(of: id).first?.0)
        #expect(place.expires == now + 9 * 86_400)
        #expect(try library.organization(id)?.revocations?.version == 2)
        #expect(try library.credentials(of: id, .revocations).count == 1)
    }

    @Test func `lists of one number are kept together, also when the index is lost`() throws {
        let fixture = try LibraryFixture()
        let id = founder.publicKey
        let keys = [member, Fixture.key(8).publicKey]
        try fixture.library.add(credential: try root().1, joining: true)
        for key in keys {
            #expect(try fixture.library.add(credential: try revocations(2, [key])))
            #expect(try !fixture.library.add(credential: try revocations(2, [key])))
        }
        for meanwhile in [{ _ in }, LibraryFixture.loseIndex] as [(Layout) throws -> Void] {
            try fixture.restart(meanwhile)
            let known = try #require(try fixture.library.organization(id))
            #expect(Set(known.revokedKeys.keys) == Set(keys) && known.lists.count == 2)
        }
        try fixture.library.add(credential: try revocations(3, []))
        #expect(try fixture.library.credentials(of: id, .revocations).count == 1)
    }

    @Test func `a key that a list names no more leaves no membership to renew`() throws {
        let fixture = try LibraryFixture()
        let id = founder.publicKey
        try fixture.library.add(credential: try root().1, joining: true)
        try fixture.library.add(credential: try membership())
        try fixture.library.add(credential: try revocations(1, [member]))
        #expect(try fixture.library.memberships(of: id).count == 1)
        try fixture.library.add(credential: try revocations(2, []))
        #expect(try fixture.library.memberships(of: id).isEmpty)
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.memberships(of: id).isEmpty)
    }

    @Test func `one organisation too many is refused in its own words`() throws {
        let library = try LibraryFixture().library
        func founding(_ index: Int) throws -> Envelope {
            let key = Fixture.key(UInt8(100 + index))
            let root = try OrganizationRoot.make(
                organization: key.publicKey, name: "lab \(index)", version: 1, previous: nil,
                keys: [.init(key: key.publicKey, roles: [.root, .issuer])],
                thresholds: [.root: 1, .issuer: 1], issued: now, expires: now + 86_400)
            return Envelope.signed(root.bytes, type: OrganizationRoot.payloadType, by: key)
        }
        for index in 0..<Library.organizationsMax {
            #expect(try library.add(credential: try founding(index), joining: true))
        }
        let error = #expect(throws: StoreError.self) {
            try library.add(credential: try founding(Library.organizationsMax), joining: true)
        }
        #expect(error?.description.contains("64 organisations") == true, "\(error as Any)")
        #expect(try !library.add(credential: try founding(3), joining: true))
    }
}
