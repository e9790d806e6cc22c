import Genome
import Wire

extension FuzzTarget {
    static let organization: [FuzzTarget] = [documents]

    private static let begin: Int64 = 1_760_000_000

    private static let founder = Samples.key.publicKey

    /// A root, a membership and a revocation list of one organisation.
    private static let samples: [[UInt8]] = Samples.made {
        [
            try OrganizationRoot.make(
                organization: founder, name: "Institute", version: 1, previous: nil,
                keys: [.init(key: founder, roles: [.root, .issuer], label: "desk")],
                thresholds: [.root: 1, .issuer: 1], issued: begin, expires: begin + 9_999
            ).bytes,
            try Membership.make(
                organization: founder, member: founder, rights: [.read], rootVersion: 1,
                issued: begin, expires: begin + 9_999,
                epochs: [.init(number: 1, recipient: founder.bytes, sealed: [1, 2, 3])]
            ).bytes,
            try RevocationList.make(
                organization: founder, version: 1, rootVersion: 1,
                memberships: [Samples.digest(3)], keys: [founder], issued: begin,
                expires: begin + 9_999
            ).bytes,
        ]
    }

    /// Whatever the documents say, they come back as they are, and none of them that a member
    /// key alone signed lets anybody in.
    private static let documents = FuzzTarget("FuzzOrganization", seeds: samples) { input in
        let root = try? OrganizationRoot.decode(input)
        precondition(root.map { $0.bytes == input } ?? true, "a root changes when read")
        if let membership = try? Membership.decode(input) {
            precondition(membership.bytes == input, "a membership changes when read")
            _ = membership.isInForce(at: begin)
        }
        if let list = try? RevocationList.decode(input) {
            precondition(list.bytes == input, "a revocation list changes when read")
        }
        let stranger = Samples.stranger
        guard
            var society = try? Organization(
                founding: Envelope.signed(
                    samples[0], type: OrganizationRoot.payloadType, by: Samples.key))
        else { preconditionFailure("the sample founds an organisation") }
        let before = society
        for type in [
            OrganizationRoot.payloadType, Membership.payloadType, RevocationList.payloadType,
        ] {
            let envelope = Envelope.signed(input, type: type, by: stranger)
            _ = try? society.take(root: envelope)
            _ = try? society.take(revocations: envelope)
            let membership = try? society.membership(envelope, at: begin)
            precondition(membership == nil, "a stranger makes a member")
        }
        precondition(society == before, "a stranger changes an organisation")
    }
}
