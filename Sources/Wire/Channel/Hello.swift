/// The first bytes of a connection, in clear: what the initiator can do, with its first Noise
/// message. Everything before that message is bound into the handshake as prologue.
public struct Hello: Equatable, Sendable {
    static let magic = Array("PLSM".utf8)
    /// Lowest and highest channel version that this code speaks.
    public static let versions: ClosedRange<UInt8> = 1...1

    /// Lowest version the initiator accepts.
    public let versionMin: UInt8
    /// Highest version the initiator accepts.
    public let versionMax: UInt8
    /// Bits of the suites the initiator has.
    public let suites: UInt8
    /// The pattern it starts.
    public let pattern: NoisePattern
    /// Nodes of different networks never meet.
    public let network: Digest
    /// First Noise message: an ephemeral key for `xx`, empty for psk patterns.
    public var noise: [UInt8]

    /// What this code offers.
    public init(pattern: NoisePattern, suites: [CipherSuite], network: Digest) {
        versionMin = Self.versions.lowerBound
        versionMax = Self.versions.upperBound
        self.suites = suites.reduce(0) { $0 | $1.bit }
        self.pattern = pattern
        self.network = network
        noise = []
    }

    /// All but the Noise message.
    public var header: [UInt8] {
        var writer = Writer()
        writer.write(Self.magic)
        for byte in [versionMin, versionMax, suites, pattern.rawValue] { writer.write(byte) }
        writer.write(network)
        return writer.bytes
    }

    /// The whole frame.
    public var bytes: [UInt8] { header + noise }

    /// Reads a hello.
    public init(bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Limits.handshakeBytesMax else { throw .tooLarge("hello") }
        var reader = Reader(bytes)
        guard try reader.readBytes(4) == Self.magic else { throw .invalid("hello") }
        versionMin = try reader.readUInt8()
        versionMax = try reader.readUInt8()
        guard versionMin <= versionMax else { throw .invalid("versions") }
        suites = try reader.readUInt8()
        guard let pattern = NoisePattern(rawValue: try reader.readUInt8()) else {
            throw .unsupported("handshake pattern")
        }
        self.pattern = pattern
        network = try reader.readDigest()
        noise = try reader.readBytes(reader.remaining)
    }
}

/// The responder's first bytes: the choice, or a refusal, with its first Noise message.
public struct Choice: Equatable, Sendable {
    /// What the responder says to a hello.
    public enum Answer: UInt8, Sendable {
        /// Go on with the version and suite chosen.
        case accepted = 0
        /// The responder is in another network.
        case otherNetwork = 1
        /// No version both speak.
        case noVersion = 2
        /// No suite both have.
        case noSuite = 3
        /// Start again with `xx` on this connection.
        case startWithXX = 4
        /// Too many connections; come again later.
        case busy = 5
        /// This swarm asks for a key that the initiator did not use, or does not use one.
        case wrongSwarm = 6
    }

    /// The answer.
    public let answer: Answer
    /// The version chosen.
    public let version: UInt8
    /// The suite chosen.
    public let suite: CipherSuite
    /// The Noise message.
    public var noise: [UInt8] = []

    /// An answer.
    public init(_ answer: Answer, version: UInt8 = 1, suite: CipherSuite = .chaChaPoly) {
        self.answer = answer
        self.version = version
        self.suite = suite
    }

    /// All but the Noise message.
    public var header: [UInt8] { Hello.magic + [answer.rawValue, version, suite.rawValue] }

    /// The whole frame.
    public var bytes: [UInt8] { header + noise }

    /// Reads a choice.
    public init(bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Limits.handshakeBytesMax else { throw .tooLarge("choice") }
        var reader = Reader(bytes)
        guard try reader.readBytes(4) == Hello.magic else { throw .invalid("choice") }
        guard let answer = Answer(rawValue: try reader.readUInt8()) else {
            throw .unsupported("answer")
        }
        self.answer = answer
        version = try reader.readUInt8()
        guard let suite = CipherSuite(rawValue: try reader.readUInt8()) else {
            throw .unsupported("cipher suite")
        }
        self.suite = suite
        noise = try reader.readBytes(reader.remaining)
    }
}
