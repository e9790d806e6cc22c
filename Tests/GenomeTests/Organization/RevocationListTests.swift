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

    @Test func `says how many it holds at most`() throws {
        let keys = Set(
            (0..<257).map { number in
                NodeKey(bytes: Blake3.hash([UInt8(number & 255), UInt8(number >> 8)]).bytes)!
            })
        let limit = OrganizationSchema.revocationsMax
        #expect(
            Fixtures.fault { _ = try society.revocations(keys: keys) }
                == .tooLarge(what: "list of revoked keys", limit: limit))
    }

    @Test func `lives thirty days at most`() throws {
        #expect(
            Fixtures.fault { _ = try society.revocations(days: 31) }
                == .field(path: "expires", .notAllowed("later than issued, by 30 days at most")))
    }
}
