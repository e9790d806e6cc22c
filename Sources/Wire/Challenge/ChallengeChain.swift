/// The chain of leaves of a storage challenge: which leaf comes next is known only to those who
/// have read the one before (docs/formats/challenges.md). After Ateniese et al., "Provable Data
/// Possession at Untrusted Stores", 2007, with the samples one behind the other.
public struct ChallengeChain: Sendable {
    /// Number of leaves of the blob.
    public let leafCount: Int
    /// The leaf to be taken next.
    public private(set) var next: Int
    /// The code of the last leaf taken; zeros before the first.
    public private(set) var code = Digest(words: (0, 0, 0, 0))
    /// Leaves taken so far.
    public private(set) var taken = 0
    private let seed: Digest

    /// The chain of a challenge before its first leaf.
    public init(_ terms: ChallengeTerms) {
        var writer = Writer()
        writer.write(Array("plasmid-challenge-v1".utf8))
        writer.write(terms.nonce)
        writer.write(terms.verifier)
        writer.write(terms.mirror)
        writer.write(terms.blob)
        writer.write(terms.size)
        seed = Self.digest(Sodium.blake2b(writer.bytes, count: Digest.byteCount))
        leafCount = HashTree.leafCount(size: terms.size)
        next = Self.index(seed, leafCount)
    }

    /// Takes the bytes of the leaf `next`.
    public mutating func take(_ leaf: [UInt8]) {
        var writer = Writer()
        writer.write(Array("plasmid-challenge-key-v1".utf8))
        writer.write(seed)
        writer.write(UInt32(taken))
        writer.write(code)
        let key = Sodium.blake2b(writer.bytes, count: Digest.byteCount)
        code = Self.digest(Sodium.blake2b(leaf, key: key, count: Digest.byteCount))
        taken += 1
        next = Self.index(code, leafCount)
    }

    /// The first eight bytes, big-endian, modulo the number of leaves: with 2^26 leaves at most
    /// none is likelier than another by more than 2^-38.
    private static func index(_ digest: Digest, _ count: Int) -> Int {
        Int(digest.words.0 % UInt64(count))
    }

    private static func digest(_ bytes: [UInt8]) -> Digest {
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("32 bytes") }
        return digest
    }
}
