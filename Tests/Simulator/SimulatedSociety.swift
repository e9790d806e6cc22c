import Genome
import Swarm
import Wire

/// An organisation with one founder, whose members share a secret.
struct SimulatedSociety {
    private let founder: SigningKey
    private let root: Envelope
    private let organization: Organization
    private let begin: Int64

    /// Founded an hour before `wall`, in milliseconds since 1970.
    init(founder: SigningKey, wall: UInt64) {
        self.founder = founder
        begin = Int64(wall / 1_000) - 3_600
        let thresholds = Dictionary(
            uniqueKeysWithValues: OrganizationRole.allCases.map { ($0, 1) })
        guard
            let root = try? OrganizationRoot.make(
                organization: founder.publicKey, name: "coast", version: 1, previous: nil,
                keys: [.init(key: founder.publicKey, roles: Set(OrganizationRole.allCases))],
                thresholds: thresholds, issued: begin, expires: begin + 86_400 * 100)
        else { preconditionFailure("an organisation made from literals") }
        self.root = Envelope.signed(root.bytes, type: OrganizationRoot.payloadType, by: founder)
        guard let organization = try? Organization(founding: self.root) else {
            preconditionFailure("a root that was just signed")
        }
        self.organization = organization
    }

    /// The founding key.
    var id: NodeKey { organization.id }

    /// What a member holds of it.
    func known(to member: NodeKey) -> KnownOrganization {
        let membership = try? Membership.make(
            organization: id, member: member, rights: [.read, .mirror], rootVersion: 1,
            issued: begin, expires: begin + 86_400 * 7)
        guard let membership else { preconditionFailure("a membership made from literals") }
        let envelope = Envelope.signed(
            membership.bytes, type: Membership.payloadType, by: founder)
        return KnownOrganization(
            organization: organization, documents: [root.encode()],
            membership: envelope.encode(), place: membership,
            secrets: [[UInt8](repeating: 0x5c, count: 32)])
    }
}
