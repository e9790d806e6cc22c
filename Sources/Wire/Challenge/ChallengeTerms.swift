/// What a storage challenge is about and whom it binds: all that both sides sign.
///
/// Whoever passes a question on to another node gets an answer that is of no use: verifier and
/// mirror are part of what the chain of leaves begins with.
public struct ChallengeTerms: Equatable, Sendable {
    /// What an answer shows beside its last code.
    public enum Mode: UInt8, Sendable {
        /// Nothing: the verifier has the blob and computes the same chain.
        case holder = 1
        /// The leaves with their proofs: the verifier knows id and size alone.
        case rootOnly = 2
    }

    /// Steps of a chain: 460 find the loss of one leaf in a hundred with 99 %, and read 7 MiB.
    public static let stepsMax = 512
    /// Steps of a chain whose leaves travel: 20 are 330 KiB.
    public static let shownStepsMax = 20

    /// Who asks.
    public let verifier: NodeKey
    /// Who is asked.
    public let mirror: NodeKey
    /// The blob.
    public let blob: Digest
    /// Its number of bytes.
    public let size: UInt64
    /// Days since 1970 of the round of challenges that it belongs to: all holders of a blob are
    /// asked in one round.
    public let epoch: UInt64
    /// 32 bytes that nobody could guess; no two challenges have the same.
    public let nonce: Digest
    /// Steps of the chain, at least 1.
    public let steps: Int
    /// What the answer shows.
    public let mode: Mode

    /// Terms; steps and size must be within the limits.
    public init(
        verifier: NodeKey, mirror: NodeKey, blob: Digest, size: UInt64, epoch: UInt64,
        nonce: Digest, steps: Int, mode: Mode
    ) {
        precondition(size <= Limits.blobBytesMax && (1...Self.limit(mode)).contains(steps))
        self.verifier = verifier
        self.mirror = mirror
        self.blob = blob
        self.size = size
        self.epoch = epoch
        self.nonce = nonce
        self.steps = steps
        self.mode = mode
    }

    static func limit(_ mode: Mode) -> Int { mode == .holder ? stepsMax : shownStepsMax }

    /// The order of the fields is that of docs/formats/challenges.md.
    func encode(to writer: inout Writer) {
        writer.write(verifier)
        writer.write(mirror)
        writer.write(blob)
        writer.write(size)
        writer.write(epoch)
        writer.write(nonce)
        writer.write(UInt16(steps))
        writer.write(mode.rawValue)
    }

    init(from reader: inout Reader) throws(WireError) {
        verifier = try reader.readNodeKey()
        mirror = try reader.readNodeKey()
        blob = try reader.readDigest()
        size = try reader.readUInt64()
        guard size <= Limits.blobBytesMax else { throw .tooLarge("blob size") }
        epoch = try reader.readUInt64()
        nonce = try reader.readDigest()
        (steps, mode) = try Self.readSteps(&reader)
    }

    /// Number of steps and mode, which bounds it.
    static func readSteps(_ reader: inout Reader) throws(WireError) -> (Int, Mode) {
        let steps = Int(try reader.readUInt16())
        guard let mode = Mode(rawValue: try reader.readUInt8()) else {
            throw .unsupported("challenge mode")
        }
        guard (1...limit(mode)).contains(steps) else { throw .tooLarge("challenge steps") }
        return (steps, mode)
    }

    /// What the mirror signs: that it gave this code, `received` milliseconds since 1970 being when
    /// the question came.
    public func answerInput(code: Digest, received: UInt64) -> [UInt8] {
        var writer = Writer()
        writer.write(Array("plasmid-challenge-answer-v1".utf8))
        encode(to: &writer)
        writer.write(code)
        writer.write(received)
        return writer.bytes
    }
}
