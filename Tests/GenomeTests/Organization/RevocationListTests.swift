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

    @Test func `says since when, where that is not since it was made`() throws {
        let (one, other) = (Fixtures.key(filledWith: 30).publicKey, society.member.publicKey)
        let hash = Fixtures.digest(3)
        let begin = Society.begin
        func make(_ keys: [NodeKey: Int64]) throws -> RevocationList {
            try RevocationList.make(
                organization: society.id, version: 2, rootVersion: 1,
                membershipsSince: [hash: begin - 9], keysSince: keys, issued: begin,
                expires: begin + 9)
        }
        let list = try make([one: begin - 5, other: begin])
        #expect(try RevocationList.decode(list.bytes) == list)
        #expect(list.keysSince == [one: begin - 5, other: begin])
        #expect(list.membershipsSince == [hash: begin - 9])
        // A list of an older program says nothing of times: its bytes are as they were.
        let plain = try society.revocations(keys: [one])
        #expect(!String(decoding: plain.bytes, as: UTF8.self).contains("Since"))
        #expect(plain.keysSince == [one: begin])
        let cut = String(decoding: list.bytes, as: UTF8.self)
            .replacing("\(begin - 5),\(begin)", with: "\(begin)")
            .replacing("\(begin),\(begin - 5)", with: "\(begin)")
        #expect(
            Fixtures.fault { _ = try RevocationList.decode(Array(cut.utf8)) }
                == .field(path: "keysSince", .notAllowed("one time for each")))
    }
}
