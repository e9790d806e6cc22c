import Genome
import Testing
import Wire

@Suite("How far a document is signed")
struct SigningStateTests {
    private let society = Society()

    @Test("a next root needs enough keys of both, each counted once")
    func roots() throws {
        let organization = try society.founded()
        let new = (10...11).map { Fixtures.key(filledWith: UInt8($0)) }
        let next = try society.root(
            version: 2, after: organization.root,
            keys: society.keys(
                roots: Array(society.roots[..<2]) + new, issuers: society.issuers))
        let twice = society.sign(next, [society.roots[2], society.roots[2], new[0]])
        let state = try SigningState(of: twice, in: organization)
        #expect(state.needs.map(\.wanted) == [2, 2])
        #expect(state.needs.map(\.signed.count) == [1, 1])
        #expect(!state.isComplete)
        var more = twice
        more.add(signatureBy: society.roots[0])
        #expect(state.after(more).isComplete)
        #expect(try SigningState(of: more, in: organization) == state.after(more))
    }

    @Test("no root out of turn, and no document of another organisation")
    func faults() throws {
        let organization = try society.founded()
        let first = organization.root
        let second = try society.root(version: 2, after: first)
        let third = society.sign(try society.root(version: 3, after: second), [])
        #expect(
            Fixtures.fault { _ = try SigningState(of: third, in: organization) }
                == .organization(.outOfTurn(version: 3, expected: 2)))
        let astray = society.sign(try society.root(version: 2, after: second), [])
        #expect(
            Fixtures.fault { _ = try SigningState(of: astray, in: organization) }
                == .organization(.outOfTurn(version: 2, expected: 2)))
        #expect(
            Fixtures.fault { _ = try SigningState(of: society.sign(first, []), in: organization) }
                == .organization(.outdated(version: 1, known: 1)))
        let other = Envelope(payloadType: "text/plain", payload: [1])
        #expect(
            Fixtures.fault { _ = try SigningState(of: other, in: organization) }
                == .organization(.otherOrganization))
    }

    @Test("a first root needs the founding key besides its root keys; others need issuers")
    func kinds() throws {
        let root = try society.root()
        let state = try SigningState(founding: society.sign(root, [society.roots[1]]))
        #expect(state.needs.map(\.isMet) == [false, false])
        #expect(state.after(society.sign(root, Array(society.roots[..<2]))).isComplete)
        let organization = try society.founded()
        let membership = try society.membership()
        let wrong = society.sign(membership, [society.roots[0]])
        #expect(try !SigningState(of: wrong, in: organization).isComplete)
        let right = society.sign(membership, [society.issuers[1]])
        #expect(try SigningState(of: right, in: organization).isComplete)
        #expect(organization.isIssued(right) && !organization.isIssued(wrong))
    }

    @Test("signatures that do not count are left out")
    func kept() throws {
        let membership = try society.membership()
        let stranger = Fixtures.key(filledWith: 99)
        let issuer = society.issuers[0]
        var full = society.sign(membership, [stranger, issuer, issuer])
        for _ in full.entries.count..<Envelope.signaturesMax { full.add(signatureBy: stranger) }
        let kept = full.keeping(signaturesOf: [issuer.publicKey, stranger.publicKey])
        #expect(kept.entries.count == 2)
        #expect(
            full.keeping(signaturesOf: [issuer.publicKey]).entries.map(\.hint)
                == [issuer.publicKey.base32])
        // A draft without any signature is read where that is asked for, and nowhere else.
        let draft = full.keeping(signaturesOf: []).encode()
        #expect(throws: GenomeError.self) {
            try Envelope.decode(draft, payloadMax: OrganizationSchema.bytesMax)
        }
        #expect(
            try Envelope.decode(draft, payloadMax: OrganizationSchema.bytesMax, isDraft: true)
                .entries.isEmpty)
    }
}
