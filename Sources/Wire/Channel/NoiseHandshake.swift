/// The handshake patterns that we speak (Noise specification §7.5, §9.4).
public enum NoisePattern: UInt8, Sendable, CaseIterable {
    /// Both sides show their static keys: first contact.
    case xx = 1
    /// The responder's static key is known: one round trip.
    case ik = 2
    /// `xx` inside a private swarm.
    case xxPsk3 = 3
    /// `ik` inside a private swarm.
    case ikPsk2 = 4

    enum Token { case e, s, ee, es, se, ss, psk }

    var name: String {
        switch self {
        case .xx: "XX"
        case .ik: "IK"
        case .xxPsk3: "XXpsk3"
        case .ikPsk2: "IKpsk2"
        }
    }

    var messages: [[Token]] {
        switch self {
        case .xx: [[.e], [.e, .ee, .s, .es], [.s, .se]]
        case .ik: [[.e, .es, .s, .ss], [.e, .ee, .se]]
        case .xxPsk3: [[.e], [.e, .ee, .s, .es], [.s, .se, .psk]]
        case .ikPsk2: [[.e, .es, .s, .ss], [.e, .ee, .se, .psk]]
        }
    }

    var usesPreSharedKey: Bool { self == .xxPsk3 || self == .ikPsk2 }

    var knowsResponder: Bool { self == .ik || self == .ikPsk2 }
}

/// An X25519 key pair of the channel.
public struct ExchangeKey: Sendable {
    /// 32 secret bytes.
    public let secret: [UInt8]
    /// The public key.
    public let publicKey: [UInt8]

    /// The pair of 32 secret bytes.
    public init(secret: [UInt8]) {
        self.secret = secret
        publicKey = Sodium.exchangePublicKey(secret: secret)
    }
}

/// A Noise handshake in progress (Noise specification §5.3).
public struct NoiseHandshake {
    /// The pattern being spoken.
    public let pattern: NoisePattern
    private let isInitiator: Bool
    private let own: ExchangeKey
    private let ephemeral: ExchangeKey
    private let preSharedKey: [UInt8]?
    private var symmetric: SymmetricState
    private var messageIndex = 0
    private var remoteEphemeral: [UInt8]?
    /// The other side's static key, once known.
    public private(set) var remoteStatic: [UInt8]?

    /// A handshake before its first message. `ephemeral` must be fresh random for each
    /// handshake; `remoteStatic` is needed by an `ik` initiator, `preSharedKey` (32 bytes) by
    /// the `psk` patterns.
    public init(
        pattern: NoisePattern, suite: CipherSuite, isInitiator: Bool, prologue: [UInt8],
        own: ExchangeKey, ephemeral: ExchangeKey, remoteStatic: [UInt8]? = nil,
        preSharedKey: [UInt8]? = nil
    ) {
        precondition(pattern.usesPreSharedKey == (preSharedKey != nil))
        precondition(!(pattern.knowsResponder && isInitiator) || remoteStatic?.count == 32)
        self.pattern = pattern
        self.isInitiator = isInitiator
        self.own = own
        self.ephemeral = ephemeral
        self.remoteStatic = remoteStatic
        self.preSharedKey = preSharedKey
        symmetric = SymmetricState(
            protocolName: "Noise_\(pattern.name)_25519_\(suite.noiseName)_BLAKE2b", suite: suite)
        symmetric.mixHash(prologue)
        if pattern.knowsResponder {
            symmetric.mixHash(isInitiator ? remoteStatic ?? [] : own.publicKey)
        }
    }

    /// Whether all messages have been exchanged.
    public var isComplete: Bool { messageIndex == pattern.messages.count }

    /// The hash of the whole handshake: equal on both sides, unique to this channel.
    public var handshakeHash: [UInt8] { symmetric.hash }

    /// Writes the next message with a payload.
    public mutating func writeMessage(_ payload: [UInt8]) throws(WireError) -> [UInt8] {
        precondition(!isComplete && isInitiator == messageIndex.isMultiple(of: 2))
        var message: [UInt8] = []
        for token in pattern.messages[messageIndex] {
            switch token {
            case .e:
                message += ephemeral.publicKey
                symmetric.mixHash(ephemeral.publicKey)
                if pattern.usesPreSharedKey { symmetric.mixKey(ephemeral.publicKey) }
            case .s: message += symmetric.encryptAndHash(own.publicKey)
            default: try mix(token)
            }
        }
        message += symmetric.encryptAndHash(payload)
        messageIndex += 1
        return message
    }

    /// Reads the next message and gives its payload.
    public mutating func readMessage(_ message: [UInt8]) throws(WireError) -> [UInt8] {
        precondition(!isComplete && isInitiator != messageIndex.isMultiple(of: 2))
        var reader = Reader(message)
        for token in pattern.messages[messageIndex] {
            switch token {
            case .e:
                let key = try reader.readBytes(32)
                remoteEphemeral = key
                symmetric.mixHash(key)
                if pattern.usesPreSharedKey { symmetric.mixKey(key) }
            case .s:
                let sealed = try reader.readBytes(symmetric.sealedCount(32))
                remoteStatic = try symmetric.decryptAndHash(sealed)
            default: try mix(token)
            }
        }
        let payload = try symmetric.decryptAndHash(try reader.readBytes(reader.remaining))
        messageIndex += 1
        return payload
    }

    private mutating func mix(_ token: NoisePattern.Token) throws(WireError) {
        switch token {
        case .ee: try mixExchange(ephemeral, remoteEphemeral)
        case .ss: try mixExchange(own, remoteStatic)
        case .es:
            try isInitiator
                ? mixExchange(ephemeral, remoteStatic) : mixExchange(own, remoteEphemeral)
        case .se:
            try isInitiator
                ? mixExchange(own, remoteEphemeral) : mixExchange(ephemeral, remoteStatic)
        case .psk: symmetric.mixKeyAndHash(preSharedKey ?? [])
        case .e, .s: preconditionFailure("keys are sent, not mixed")
        }
    }

    private mutating func mixExchange(
        _ key: ExchangeKey, _ remote: [UInt8]?
    ) throws(WireError) {
        guard let remote, let shared = Sodium.exchange(secret: key.secret, publicKey: remote)
        else { throw .notAuthentic("handshake key") }
        symmetric.mixKey(shared)
    }

    /// The two directions of the channel, as seen from this side.
    public func split() -> (send: CipherState, receive: CipherState) {
        precondition(isComplete)
        let (first, second) = symmetric.split()
        return isInitiator ? (first, second) : (second, first)
    }
}
