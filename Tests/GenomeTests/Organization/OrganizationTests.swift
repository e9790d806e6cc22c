import Genome
import Testing
import Wire

@Suite("An organisation")
struct OrganizationTests {
    private let society = Society()
    private let now = Society.begin + Society.day

    private func fault(
        _ organization: Organization, _ membership: Membership, by keys: [SigningKey]? = nil,
        at time: Int64? = nil
    ) -> GenomeError? {
        Fixtures.fault {
            _ = try organization.membership(
                society.sign(membership, keys ?? [society.issuers[0]]), at: time ?? now)
        }
    }

    @Test func `knows a member by an issuer's word`() throws {
        let organization = try society.founded()
        let membership = try society.membership()
        #expect(fault(organization, membership) == nil)
        #expect(
            fault(organization, membership, by: society.roots)
                == .organization(
                    .tooFewSigners(role: .issuer, of: "root 1", wanted: 1, found: 0)))
        let elsewhere = try Membership.make(
            organization: society.member.publicKey, member: society.member.publicKey,
            rights: [.read], rootVersion: 1, issued: Society.begin, expires: now)
        #expect(fault(organization, elsewhere) == .organization(.otherOrganization))
        #expect(
            fault(organization, membership, at: now + 7 * Society.day)
                == .organization(.notInForce))
    }

    @Test func `trusts no word that rests on a root to come, nor of a key that left`() throws {
        var organization = try society.founded()
        let later = try society.membership(rootVersion: 2)
        #expect(fault(organization, later) == .organization(.rootUnknown(version: 2)))
        let second = try society.root(
            version: 2, after: organization.root,
            keys: society.keys(roots: society.roots, issuers: [society.issuers[1]]))
        #expect(try organization.take(root: society.sign(second, Array(society.roots[..<2]))))
        #expect(try !organization.take(root: society.sign(second, [])))
        #expect(fault(organization, later, by: [society.issuers[1]]) == nil)
        // Under the old number too: who left signs nothing any more.
        #expect(fault(organization, try society.membership()) != nil)
    }

    @Test func `takes back a membership at once, and never goes back`() throws {
        var organization = try society.founded()
        let membership = try society.membership()
        let list = try society.revocations(version: 2, memberships: [membership.digest])
        #expect(try organization.take(revocations: society.sign(list, [society.issuers[1]])))
        #expect(fault(organization, membership) == .organization(.revoked))
        #expect(try !organization.take(revocations: society.sign(list, [society.issuers[1]])))
        let older = try society.revocations(version: 1)
        #expect(
            Fixtures.fault {
                try organization.take(revocations: society.sign(older, [society.issuers[0]]))
            } == .organization(.outdated(version: 1, known: 2)))
        let stranger = try society.revocations(version: 9)
        #expect(
            Fixtures.fault {
                try organization.take(revocations: society.sign(stranger, [society.member]))
            } != nil)
        #expect(fault(organization, membership) == .organization(.revoked))
        // A new membership of the same key counts, unless the key itself was taken back.
        #expect(fault(organization, try society.membership(days: 8)) == nil)
        let keys = try society.revocations(version: 3, keys: [society.member.publicKey])
        #expect(try organization.take(revocations: society.sign(keys, [society.issuers[1]])))
        #expect(fault(organization, try society.membership(days: 8)) == .organization(.revoked))
    }

    @Test func `lists of one number count together, whichever came first`() throws {
        let other = try society.membership(of: Fixtures.key(filledWith: 30).publicKey)
        let own = try society.membership()
        let lists = try zip([own, other], society.issuers).map { membership, issuer in
            society.sign(
                try society.revocations(version: 2, keys: [membership.member]), [issuer])
        }
        var organizations: [Organization] = []
        for order in [lists, lists.reversed()] {
            var organization = try society.founded()
            for list in order { #expect(try organization.take(revocations: list)) }
            for list in order { #expect(try !organization.take(revocations: list)) }
            for membership in [own, other] {
                #expect(fault(organization, membership) == .organization(.revoked))
            }
            #expect(Set(organization.revokedKeys.keys) == [own.member, other.member])
            organizations.append(organization)
        }
        #expect(organizations[0] == organizations[1])
        var organization = organizations[0]
        let next = try society.revocations(version: 3, keys: [own.member])
        #expect(try organization.take(revocations: society.sign(next, [society.issuers[0]])))
        #expect(organization.lists == [next] && fault(organization, other) == nil)
        // Somebody who makes ever more of them is not listened to.
        for days in 1..<Int64(Organization.rivalsMax) {
            let rival = try society.revocations(version: 3, days: days)
            #expect(try organization.take(revocations: society.sign(rival, [society.issuers[1]])))
        }
        let last = try society.revocations(version: 3, days: 29)
        #expect(
            Fixtures.fault {
                try organization.take(revocations: society.sign(last, [society.issuers[1]]))
            } == .organization(.outdated(version: 3, known: 3)))
        #expect(fault(organization, own) == .organization(.revoked))
    }

    @Test func `stands still for who keeps its newer documents away`() throws {
        var organization = try society.founded()
        let list = try society.revocations()
        #expect(organization.fault(at: now) == nil)
        let end = Society.begin + 366 * Society.day
        #expect(
            fault(organization, try society.membership(issued: end), at: end)
                == .organization(.rootExpired))
        // A list that ran out stops it; no list at all does not.
        #expect(try organization.take(revocations: society.sign(list, [society.issuers[0]])))
        let late = Society.begin + 31 * Society.day
        let fresh = try society.membership(issued: late)
        #expect(fault(organization, fresh, at: late) == .organization(.revocationsExpired))
        let next = try society.revocations(version: 2, issued: late)
        #expect(try organization.take(revocations: society.sign(next, [society.issuers[0]])))
        #expect(fault(organization, fresh, at: late) == nil)
        // A root that ran out is still what its successor is held against.
        let second = try society.root(version: 2, after: organization.root, issued: end)
        #expect(try organization.take(root: society.sign(second, society.roots)))
    }

    @Test func `is read from all its roots`() throws {
        let first = try society.root()
        let second = try society.root(version: 2, after: first)
        let envelopes = [first, second].map { society.sign($0, society.roots) }
        #expect(try Organization(roots: envelopes).root == second)
        #expect(Fixtures.fault { _ = try Organization(roots: []) } != nil)
        #expect(Fixtures.fault { _ = try Organization(roots: envelopes.reversed()) } != nil)
    }
}
