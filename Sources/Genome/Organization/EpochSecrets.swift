import Wire

/// What the members of an organisation share during one epoch: the secret half of the key that its
/// layers are sealed for, and the secret by which members recognise each other. A new epoch begins
/// when somebody who knew the old one should know nothing new.
public struct EpochSecrets: Sendable, Equatable {
    /// Number of the epoch, from 1.
    public let number: UInt64
    /// Secret X25519 key of 32 bytes that opens what is sealed for the organisation.
    public let sealing: [UInt8]
    /// Secret of the circle, 32 bytes (`CircleTag`).
    public let circle: [UInt8]

    /// Secrets of an epoch; nil unless both have 32 bytes.
    public init?(number: UInt64, sealing: [UInt8], circle: [UInt8]) {
        guard number > 0, sealing.count == 32, circle.count == CircleTag.secretBytes else {
            return nil
        }
        self.number = number
        self.sealing = sealing
        self.circle = circle
    }

    /// New secrets from the system's randomness.
    public static func random(number: UInt64) -> EpochSecrets {
        guard
            let secrets = EpochSecrets(
                number: number, sealing: Sodium.random(count: 32),
                circle: Sodium.random(count: CircleTag.secretBytes))
        else { preconditionFailure("epochs begin at 1") }
        return secrets
    }

    /// Public X25519 key of the epoch, 32 bytes.
    public var recipient: [UInt8] { Sodium.exchangePublicKey(secret: sealing) }

    /// The epoch in a membership, for a member's public sealing key of 32 bytes.
    public func sealed(for member: [UInt8]) -> Membership.Epoch {
        Membership.Epoch(
            number: number, recipient: recipient,
            sealed: Sodium.sealBox(sealing + circle, for: member))
    }

    /// The secrets in a membership's epoch; nil when they are not for this secret sealing key, or
    /// not what the epoch says they are.
    public init?(_ epoch: Membership.Epoch, secret: [UInt8]) {
        guard secret.count == 32, let plain = Sodium.openBox(epoch.sealed, secret: secret),
            plain.count == 64
        else { return nil }
        self.init(
            number: epoch.number, sealing: Array(plain.prefix(32)),
            circle: Array(plain.suffix(32)))
        guard recipient == epoch.recipient else { return nil }
    }
}
