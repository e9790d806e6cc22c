import Genome
import Testing
import Wire

@Suite("A revocation list")
struct RevocationListTests {
    private let society = Society()

    @Test func `comes back from its bytes and names memberships and keys`() throws {
        let membership = try society.membership()
        let other = try society.membership(of: Fixtures.key(filledWith: 30).publicKey)
        let list = try society.revocations(
            memberships: [membership.digest], keys: [other.member])
        #expect(try RevocationList.decode(list.bytes) == list)
        #expect(list.revokes(membership) && list.revokes(other))
        #expect(!list.revokes(try society.membership(days: 8)))
    }

    @Test func `lives thirty days at most`() throws {
        #expect(
            Fixtures.fault { _ = try society.revocations(days: 31) }
                == .field(path: "expires", .notAllowed("later than issued, by 30 days at most")))
    }
}
