import Genome
import Testing
import Wire

@Suite("A membership")
struct MembershipTests {
    private let society = Society()

    @Test func `comes back from its bytes, with the secrets of its epochs`() throws {
        let epochs = [
            Membership.Epoch(number: 3, recipient: society.id.bytes, sealed: [9, 8]),
            Membership.Epoch(number: 4, recipient: society.member.publicKey.bytes, sealed: [7]),
        ]
        let membership = try Membership.make(
            organization: society.id, member: society.member.publicKey, rights: [.publish, .read],
            rootVersion: 1, issued: Society.begin, expires: Society.begin + Society.day,
            epochs: epochs)
        let again = try Membership.decode(membership.bytes)
        #expect(again == membership && again.epochs == epochs && again.rights == [.read, .publish])
        #expect(again.digest == Blake3.hash(membership.bytes))
        #expect(
            Fixtures.fault {
                _ = try Membership.make(
                    organization: society.id, member: society.member.publicKey, rights: [],
                    rootVersion: 1, issued: 0, expires: 1, epochs: epochs.reversed())
            } == .field(path: "epochs", .notAllowed("in rising order")))
    }

    @Test func `is in force between its days, give or take a minute`() throws {
        let membership = try society.membership(days: 1)
        let (begin, end) = (Society.begin, Society.begin + Society.day)
        #expect(membership.isInForce(at: begin - 60) && !membership.isInForce(at: begin - 61))
        #expect(membership.isInForce(at: end + 59) && !membership.isInForce(at: end + 60))
    }

    @Test func `lives thirty days at most`() throws {
        _ = try society.membership(days: 30)
        #expect(
            Fixtures.fault { _ = try society.membership(days: 31) }
                == .field(path: "expires", .notAllowed("later than issued, by 30 days at most")))
    }

    @Test func `knows no rights but its own`() throws {
        let bytes = try society.membership().bytes
        let text = String(decoding: bytes, as: UTF8.self)
            .replacing(#"["read"]"#, with: #"["rule"]"#)
        #expect(
            Fixtures.fault { _ = try Membership.decode(Array(text.utf8)) }
                == .field(path: "rights[0]", .notAllowed("one of read, publish, mirror")))
    }
}
