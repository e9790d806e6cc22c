import Genome
import Testing
import Wire

@testable import Swarm

/// An organisation with an issuer and members, for tests of the core.
struct Society {
    static let begin = Int64(Driver.wallStart / 1_000) - 3_600
    static let secret = [UInt8](repeating: 0x5c, count: 32)
    let founder = Driver.key(60)
    let root: Envelope
    let organization: Organization

    init() throws {
        let root = try OrganizationRoot.make(
            organization: founder.publicKey, name: "northlab", version: 1, previous: nil,
            keys: [.init(key: founder.publicKey, roles: Set(OrganizationRole.allCases))],
            thresholds: Dictionary(
                uniqueKeysWithValues: OrganizationRole.allCases.map { ($0, 1) }),
            issued: Self.begin, expires: Self.begin + 86_400 * 100)
        self.root = Envelope.signed(
            root.bytes, type: OrganizationRoot.payloadType, by: founder)
        organization = try Organization(founding: self.root)
    }

    var id: NodeKey { organization.id }

    /// A membership of the node of a seed, or of a key.
    func membership(
        _ seed: UInt8, rights: Set<MembershipRight> = [.read], of key: NodeKey? = nil
    ) throws -> (Membership, Envelope) {
        let membership = try Membership.make(
            organization: id, member: key ?? Driver.key(seed).publicKey, rights: rights,
            rootVersion: 1, issued: Self.begin, expires: Self.begin + 86_400 * 7)
        return (
            membership,
            Envelope.signed(membership.bytes, type: Membership.payloadType, by: founder)
        )
    }

    func revocations(_ keys: Set<NodeKey>, version: UInt64 = 1) throws -> Envelope {
        let list = try RevocationList.make(
            organization: id, version: version, rootVersion: 1, memberships: [], keys: keys,
            issued: Self.begin, expires: Self.begin + 86_400 * 30)
        return Envelope.signed(list.bytes, type: RevocationList.payloadType, by: founder)
    }

    /// What the node of a seed holds of it.
    func known(
        _ seed: UInt8, rights: Set<MembershipRight> = [.read],
        issued: [NodeKey: [UInt8]] = [:]
    ) throws -> KnownOrganization {
        let (membership, envelope) = try membership(seed, rights: rights)
        return KnownOrganization(
            organization: organization, documents: [root.encode()],
            membership: envelope.encode(), place: membership, secrets: [Self.secret],
            issued: issued)
    }

    /// A driver that belongs to it.
    func member(_ seed: UInt8, rights: Set<MembershipRight> = [.read]) throws -> Driver {
        var driver = Driver(seed)
        driver.feed(.organizations([try known(seed, rights: rights)]))
        return driver
    }
}

extension Driver {
    /// What this driver said to a session goes to another driver's session; its effects.
    mutating func hear(all effects: [Effect], to theirs: SessionNumber, on mine: SessionNumber)
        -> [Effect]
    {
        effects.sent(to: theirs).flatMap { hear(mine, $0) }
    }
}

/// Two cores with a session between them, both numbered 1, whose words reach each other.
struct Pair {
    var a: Driver
    var b: Driver

    /// Opens the session and lets both talk until neither says anything.
    @discardableResult
    mutating func meet(_ seedA: UInt8, _ seedB: UInt8) -> (a: [Effect], b: [Effect]) {
        let first = a.open(1, seedB, isInitiator: true)
        let second = b.open(1, seedA)
        return talk(first, second)
    }

    /// Carries words to and fro; all effects of both sides.
    @discardableResult
    mutating func talk(
        _ fromA: [Effect], _ fromB: [Effect]
    ) -> (a: [Effect], b: [Effect]) {
        var (allA, allB) = (fromA, fromB)
        var (pendingA, pendingB) = (fromA, fromB)
        for _ in 0..<50 where !pendingA.isEmpty || !pendingB.isEmpty {
            let nextB = b.hear(all: pendingA, to: 1, on: 1)
            let nextA = a.hear(all: pendingB, to: 1, on: 1)
            allA += nextA
            allB += nextB
            (pendingA, pendingB) = (nextA, nextB)
        }
        return (allA, allB)
    }
}
