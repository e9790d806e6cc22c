/// A node key's word that a transport key is its own, for one network and a limited time.
///
/// The transport key is not derived from the node key, so it can change often and the node key
/// may live in an agent. Bytes: version 1, node key, end of validity (milliseconds, 8 bytes),
/// Ed25519 signature over `plasmid-transport-v1 ‖ network id ‖ transport key ‖ end`.
public struct TransportCertificate: Equatable, Sendable {
    private static let version: UInt8 = 1
    /// Bytes of one: version, key, end, signature.
    static let byteCount = 1 + 32 + 8 + Signature.byteCount
    private static let prefix = Array("plasmid-transport-v1".utf8)

    /// The node that vouches.
    public let node: NodeKey
    /// Milliseconds since 1970 after which the word is void.
    public let notAfter: UInt64
    private let signature: Signature

    /// A certificate whose signature was made over `signingInput`.
    public init(node: NodeKey, notAfter: UInt64, signature: Signature) {
        self.node = node
        self.notAfter = notAfter
        self.signature = signature
    }

    /// What the node key signs.
    public static func signingInput(
        network: Digest, transportKey: [UInt8], notAfter: UInt64
    ) -> [UInt8] {
        var writer = Writer()
        writer.write(prefix)
        writer.write(network)
        writer.write(transportKey)
        writer.write(notAfter)
        return writer.bytes
    }

    /// The bytes that travel in a handshake.
    public var bytes: [UInt8] {
        var writer = Writer()
        writer.write(Self.version)
        writer.write(node)
        writer.write(notAfter)
        writer.write(signature.bytes)
        return writer.bytes
    }

    /// Reads a certificate and checks it against the key that the handshake proved.
    public init(
        bytes: [UInt8], network: Digest, transportKey: [UInt8], wallMilliseconds: UInt64
    ) throws(WireError) {
        var reader = Reader(bytes)
        guard try reader.readUInt8() == Self.version else {
            throw .unsupported("certificate version")
        }
        node = try reader.readNodeKey()
        notAfter = try reader.readUInt64()
        guard let signature = Signature(bytes: try reader.readBytes(Signature.byteCount)) else {
            throw .truncated
        }
        self.signature = signature
        try reader.finish()
        let input = Self.signingInput(
            network: network, transportKey: transportKey, notAfter: notAfter)
        guard signature.isValid(over: input, by: node) else {
            throw .notAuthentic("transport certificate")
        }
        let limit = wallMilliseconds + 2 * Limits.transportKeyLifeMilliseconds
        guard notAfter <= limit else { throw .invalid("certificate life") }
        guard notAfter + Limits.clockSkewMilliseconds >= wallMilliseconds else { throw .expired }
    }
}
