import Genome
import Testing
import Wire

@Suite("An organisation's root")
struct OrganizationRootTests {
    private let society = Society()

    @Test func `comes back from its bytes`() throws {
        let root = try society.root()
        let again = try OrganizationRoot.decode(root.bytes)
        #expect(again == root)
        #expect(again.keys(of: .issuer) == Set(society.issuers.map(\.publicKey)))
        #expect(again.keys(of: .promoter).isEmpty && again.thresholds[.promoter] == nil)
    }

    @Test func `is founded by the key it is named after and enough others`() throws {
        let root = try society.root()
        #expect(
            try OrganizationRoot.founding(society.sign(root, Array(society.roots[..<2]))) == root)
        #expect(
            Fixtures.fault {
                _ = try OrganizationRoot.founding(
                    society.sign(root, Array(society.roots[1...])))
            } == .organization(.notFounded))
        // The same key twice is one key, and an issuer is no root key.
        let weak = society.sign(root, [society.roots[0], society.roots[0], society.issuers[0]])
        #expect(
            Fixtures.fault { _ = try OrganizationRoot.founding(weak) }
                == .organization(
                    .tooFewSigners(role: .root, of: "root 1", wanted: 2, found: 1)))
        let other = society.envelope(root.bytes, Statement.payloadType, society.roots)
        #expect(
            Fixtures.fault { _ = try OrganizationRoot.founding(other) }
                == .envelope(.otherType(Statement.payloadType)))
    }

    @Test func `is followed only by one that the keys of both signed`() throws {
        let first = try society.root()
        let newKeys = (10...12).map { Fixtures.key(filledWith: UInt8($0)) }
        let second = try society.root(
            version: 2, after: first, keys: society.keys(roots: newKeys, issuers: society.issuers))
        let old = Array(society.roots[1...])
        #expect(
            try first.successor(society.sign(second, old + newKeys[..<2])) == second)
        for signers in [old, Array(newKeys[..<2]), [society.roots[1]] + newKeys] {
            let fault = Fixtures.fault { _ = try first.successor(society.sign(second, signers)) }
            guard case .organization(.tooFewSigners(role: .root, _, 2, _)) = fault else {
                Issue.record("\(signers.count) signers: \(String(describing: fault))")
                continue
            }
        }
    }

    @Test func `is not followed out of turn, by an older one or by a second face`() throws {
        let first = try society.root()
        let second = try society.root(version: 2, after: first)
        let third = try society.root(version: 3, after: second)
        let face = try society.root(version: 2, after: first, days: 100)
        let stranger = Fixtures.key(filledWith: 99)
        func fault(_ root: OrganizationRoot, _ next: OrganizationRoot) -> GenomeError? {
            Fixtures.fault { _ = try root.successor(society.sign(next, society.roots)) }
        }
        #expect(fault(first, third) == .organization(.outOfTurn(version: 3, expected: 2)))
        let astray = try society.root(version: 3, after: first)
        #expect(fault(second, astray) == .organization(.outOfTurn(version: 3, expected: 3)))
        #expect(fault(second, first) == .organization(.outdated(version: 1, known: 2)))
        #expect(fault(second, face) == .organization(.twoFaced(version: 2)))
        // What a stranger wrote is no proof against the organisation.
        #expect(
            Fixtures.fault { _ = try second.successor(society.sign(face, [stranger])) }
                == .organization(.tooFewSigners(role: .root, of: "root 2", wanted: 2, found: 0)))
        let other = try OrganizationRoot.make(
            organization: stranger.publicKey, name: "Another", version: 2, previous: first.digest,
            keys: first.keys, thresholds: first.thresholds, issued: first.issued,
            expires: first.expires)
        #expect(fault(first, other) == .organization(.otherOrganization))
    }

    @Test func `asks of a role never more keys than it has, and a threshold for each`() throws {
        func fault(_ thresholds: [OrganizationRole: Int]) -> GenomeError? {
            Fixtures.fault { _ = try society.root(thresholds: thresholds) }
        }
        #expect(
            fault([.root: 4, .issuer: 1])
                == .field(
                    path: "thresholds.root",
                    .notAllowed("at most 3, the number of keys with that role")))
        #expect(
            fault([.root: 1, .issuer: 1, .steward: 1])
                == .field(
                    path: "thresholds.steward",
                    .notAllowed("at most 0, the number of keys with that role")))
        #expect(fault([.root: 1]) == .field(path: "thresholds.issuer", .missing))
        let keys = society.keys(roots: society.roots, issuers: society.issuers)
        #expect(
            Fixtures.fault {
                _ = try society.root(
                    keys: keys + [.init(key: society.id, roles: [.reviewer])],
                    thresholds: [.root: 2, .issuer: 1, .reviewer: 1])
            } == .field(path: "keys", .duplicate(society.id.base32)))
    }

    @Test func `lives two years at most and names what went before`() throws {
        #expect(
            Fixtures.fault { _ = try society.root(days: 733) }
                == .field(
                    path: "expires", .notAllowed("later than issued, by 732 days at most")))
        #expect(Fixtures.fault { _ = try society.root(days: 0) } != nil)
        #expect(
            Fixtures.fault { _ = try society.root(version: 2) }
                == .field(path: "previous", .notAllowed("absent exactly in root 1")))
    }
}
