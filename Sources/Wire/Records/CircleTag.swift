/// Sixteen bytes by which members of a closed circle recognise each other, or a record of theirs,
/// and which tell nobody else anything.
///
/// All are cut from HMAC-SHA256 under a secret of the circle, each with a purpose of its own.
public enum CircleTag {
    /// Number of bytes of a tag.
    public static let byteCount = 16
    /// Bytes of a circle's secret.
    public static let secretBytes = 32
    /// Tags go out in multiples of so many, the rest of them random, also from a node in no circle,
    /// so that their number says nothing of how many circles it is in: five with three secrets
    /// each look like none.
    public static let batch = 16
    /// Most tags in one message: eight circles with three secrets each, and room to spare.
    public static let tagsMax = 64
    /// Milliseconds after which a node shows other tags: an hour.
    public static let spanMilliseconds: UInt64 = 3_600_000

    /// What `from` shows to `to` within one hour: bound to both keys, so that a tag shown to one
    /// peer is of no use with another.
    public static func proof(
        secret: [UInt8], hour: UInt64, from: NodeKey, to: NodeKey
    ) -> [UInt8] {
        var writer = Writer()
        writer.write(hour)
        writer.write(from)
        writer.write(to)
        return tag(secret, "plasmid-circle-proof-v1", writer.bytes)
    }

    /// The domain of records that are for everyone who knows the secret.
    public static func domain(secret: [UInt8]) -> [UInt8] {
        tag(secret, "plasmid-circle-domain-v1", [])
    }

    /// The domain of a publisher's record about a layer that only named keys may know of. The
    /// layer's id is the secret: a manifest that is not public is salted.
    public static func domain(publisher: NodeKey, layer: Digest) -> [UInt8] {
        tag(layer.bytes, "plasmid-whitelist-domain-v1", publisher.bytes)
    }

    private static func tag(_ secret: [UInt8], _ purpose: String, _ rest: [UInt8]) -> [UInt8] {
        Array(Sodium.hmacSha256(key: secret, Array(purpose.utf8) + rest).prefix(byteCount))
    }
}
