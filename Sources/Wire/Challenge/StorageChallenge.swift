/// Asks a node to show that it has a blob. Answered by `ChallengeAnswer`, and before it by a
/// `ChallengeLeaf` for each step where the leaves are to be shown.
public struct StorageChallenge: Equatable, Sendable {
    /// Layer or contract through which it is asked: as for any other request about the blob.
    public let layer: Digest
    /// The blob.
    public let blob: Digest
    /// The round: days since 1970.
    public let epoch: UInt64
    /// Names the challenge; random.
    public let nonce: Digest
    /// Steps of the chain.
    public let steps: Int
    /// What the answer shows.
    public let mode: ChallengeTerms.Mode
    /// Microseconds until the answer must be here.
    public let allowed: UInt32

    /// A challenge by its terms.
    public init(_ terms: ChallengeTerms, through layer: Digest, allowed: UInt32) {
        self.layer = layer
        blob = terms.blob
        epoch = terms.epoch
        nonce = terms.nonce
        steps = terms.steps
        mode = terms.mode
        self.allowed = allowed
    }

    /// Its terms between two nodes, for a blob of so many bytes.
    public func terms(verifier: NodeKey, mirror: NodeKey, size: UInt64) -> ChallengeTerms {
        ChallengeTerms(
            verifier: verifier, mirror: mirror, blob: blob, size: size, epoch: epoch,
            nonce: nonce, steps: steps, mode: mode)
    }

    func encode(to writer: inout Writer) {
        writer.write(layer)
        writer.write(blob)
        writer.write(epoch)
        writer.write(nonce)
        writer.write(UInt16(steps))
        writer.write(mode.rawValue)
        writer.write(allowed)
    }

    init(from reader: inout Reader) throws(WireError) {
        layer = try reader.readDigest()
        blob = try reader.readDigest()
        epoch = try reader.readUInt64()
        nonce = try reader.readDigest()
        (steps, mode) = try ChallengeTerms.readSteps(&reader)
        allowed = try reader.readUInt32()
    }
}
