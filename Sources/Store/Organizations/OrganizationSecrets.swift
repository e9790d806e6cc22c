import Genome
import Host
import Wire

/// What an issuer keeps of an organisation in a file that only the owner can read: the keys that
/// sign for it, and the secrets of its epochs, which go to members sealed.
public struct OrganizationSecrets: Sendable, Equatable {
    private static let keyHead = "key"
    private static let epochHead = "epoch"
    private static let bytesMax = 64 << 10
    /// Most epochs that are kept, the newest: as lines of 152 bytes they leave half of the file's
    /// room to spare, and at one a week they are five years.
    public static let epochsMax = 256

    /// The organisation.
    public let organization: NodeKey
    /// Seeds of Ed25519 keys that speak for it, 32 bytes each.
    public var seeds: [[UInt8]]
    /// Secrets of its epochs, oldest first.
    public var epochs: [EpochSecrets]

    /// Secrets of an organisation.
    public init(organization: NodeKey, seeds: [[UInt8]] = [], epochs: [EpochSecrets] = []) {
        self.organization = organization
        self.seeds = seeds
        self.epochs = epochs
    }

    /// Keys that speak for it.
    public var keys: [SigningKey] { seeds.compactMap { SigningKey(seed: $0) } }

    private static func path(_ organization: NodeKey, _ layout: Layout) -> String {
        "\(layout.keys)/organization-\(organization.base32)"
    }

    /// The secrets of an organisation in a home; nil when there are none.
    public static func read(
        _ organization: NodeKey, _ layout: Layout
    ) throws(StoreError) -> OrganizationSecrets? {
        let path = path(organization, layout)
        guard Directory.exists(path) else { return nil }
        var secrets = OrganizationSecrets(organization: organization)
        for line in try SecretFile.lines(path, limit: bytesMax) where !line.hasPrefix("#") {
            let words = line.split(separator: " ").map { String($0) }
            if words.count == 2, words[0] == keyHead,
                let seed = Hexadecimal.decode(words[1]), seed.count == 32
            {
                secrets.seeds.append(seed)
            } else if words.count == 4, words[0] == epochHead, let number = UInt64(words[1]),
                let sealing = Hexadecimal.decode(words[2]),
                let circle = Hexadecimal.decode(words[3]),
                let epoch = EpochSecrets(number: number, sealing: sealing, circle: circle)
            {
                secrets.epochs.append(epoch)
            } else {
                throw .damaged(path)
            }
        }
        return secrets
    }

    /// Writes them, durably, for the owner alone.
    public func write(_ layout: Layout) throws(StoreError) {
        var text = "# plasmid: secrets of organisation \(organization.base32)\n"
        for seed in seeds { text += "\(Self.keyHead) \(Hexadecimal.encode(seed))\n" }
        for epoch in epochs {
            text +=
                "\(Self.epochHead) \(epoch.number) \(Hexadecimal.encode(epoch.sealing)) "
                + "\(Hexadecimal.encode(epoch.circle))\n"
        }
        try DurableFile.write(Array(text.utf8), to: Self.path(organization, layout))
    }
}
