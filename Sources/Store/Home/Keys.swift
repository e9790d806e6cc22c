import Host
import Wire

/// The secret keys of a node, each in a file of its own that only the owner can read.
///
/// None is derived from another, so that one can be replaced, or moved to an agent, alone.
public struct Keys: Sendable {
    /// The node's name and its signature.
    public let node: SigningKey
    /// The secret X25519 key of the channel.
    public let transportSecret: [UInt8]
    /// The secret X25519 key that sealed layers are opened with.
    public let sealingSecret: [UInt8]

    /// The public half of the channel key.
    public var transportPublic: [UInt8] { Sodium.exchangePublicKey(secret: transportSecret) }

    /// The public half of the sealing key.
    public var sealingPublic: [UInt8] { Sodium.exchangePublicKey(secret: sealingSecret) }

    /// The public half of the sealing key as an age recipient (`age -r`).
    public var sealingRecipient: String { Bech32.encode(prefix: "age", sealingPublic) }

    /// The 32 bytes of an age recipient's X25519 key; nil for anything else.
    public static func sealingKey(recipient text: String) -> [UInt8]? {
        Bech32.decode(prefix: "age", text).flatMap { $0.count == 32 ? $0 : nil }
    }

    private static let nodeHead = "plasmid-node-key-1 "
    private static let transportHead = "plasmid-transport-key-1 "
    private static let agePrefix = "age-secret-key-"

    /// The public key of the node of a home that may be open elsewhere.
    public static func nodeKey(in layout: Layout) throws(StoreError) -> NodeKey {
        try signingKey("\(layout.keys)/node").publicKey
    }

    /// The keys of `home`; made when there is none at all.
    public static func open(in home: Home) throws(StoreError) -> Keys {
        let folder = home.layout.keys
        let paths = ["\(folder)/node", "\(folder)/transport", "\(folder)/sealing"]
        // The node key is written last: without it no peer has ever seen the others.
        if !Directory.exists(paths[0]) {
            if !(try isUnused(home)) {
                throw .unusable("\(paths[0]) is missing: restore it from a backup")
            }
            try make(transport: paths[1], sealing: paths[2], node: paths[0])
        }
        return Keys(
            node: try signingKey(paths[0]),
            transportSecret: try hexadecimal(paths[1], head: transportHead),
            sealingSecret: try ageSecret(paths[2]))
    }

    /// A home that has an index has been used under a key.
    private static func isUnused(_ home: Home) throws(StoreError) -> Bool {
        !Directory.exists(home.layout.index)
    }

    private static func make(
        transport: String, sealing: String, node: String
    ) throws(StoreError) {
        let secret = Sodium.random(count: 32)
        try DurableFile.write(
            Array((transportHead + Hexadecimal.encode(secret) + "\n").utf8), to: transport)
        let sealingSecret = Sodium.random(count: 32)
        let recipient = Bech32.encode(
            prefix: "age", Sodium.exchangePublicKey(secret: sealingSecret))
        let identity = Bech32.encode(prefix: agePrefix, sealingSecret).uppercased()
        try DurableFile.write(
            Array("# public key: \(recipient)\n\(identity)\n".utf8), to: sealing)
        let seed = SigningKey.random().seed
        try DurableFile.write(
            Array((nodeHead + Hexadecimal.encode(seed) + "\n").utf8), to: node)
    }

    private static func signingKey(_ path: String) throws(StoreError) -> SigningKey {
        guard let key = SigningKey(seed: try hexadecimal(path, head: nodeHead)) else {
            throw .damaged(path)
        }
        return key
    }

    private static func hexadecimal(_ path: String, head: String) throws(StoreError) -> [UInt8] {
        let line = try SecretFile.lines(path, limit: 4096).first ?? ""
        guard line.hasPrefix(head),
            let bytes = Hexadecimal.decode(String(line.dropFirst(head.count))),
            bytes.count == 32
        else { throw .damaged(path) }
        return bytes
    }

    private static func ageSecret(_ path: String) throws(StoreError) -> [UInt8] {
        let line = try SecretFile.lines(path, limit: 4096).first { !$0.hasPrefix("#") } ?? ""
        guard let bytes = Bech32.decode(prefix: agePrefix, line), bytes.count == 32 else {
            throw .damaged(path)
        }
        return bytes
    }
}
