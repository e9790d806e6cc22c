import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct KnownOrganizationTests {
    private let society: Society

    init() throws { society = try Society() }

    @Test func `rights end with the membership, and with its organisation`() throws {
        let known = try society.known(1, rights: [.read, .publish])
        #expect(known.rights(at: Society.begin + 60) == [.read, .publish])
        #expect(known.rights(at: Society.begin + 8 * 86_400).isEmpty)
        var revoked = known
        try revoked.organization.take(
            revocations: try society.revocations([Driver.key(1).publicKey]))
        #expect(revoked.rights(at: Society.begin + 60).isEmpty)
        let issuer = KnownOrganization(
            organization: society.organization, documents: [], membership: nil, place: nil,
            secrets: [])
        #expect(issuer.rights(at: Society.begin + 60).isEmpty)
    }

    @Test func `shares the newest secrets only`() {
        let secrets = (1...9).map { [UInt8](repeating: $0, count: 32) }
        let known = KnownOrganization(
            organization: society.organization, documents: [], membership: nil, place: nil,
            secrets: secrets)
        #expect(known.secrets == Array(secrets.prefix(KnownOrganization.secretsMax)))
        #expect(known.domains.count == known.secrets.count)
    }
}
