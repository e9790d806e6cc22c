/// What a node shows of its journal to a peer that shall bear witness: its newest signed
/// checkpoint, and proof that the log as the peer saw it last is its beginning (C2SP
/// `tlog-witness`, over a session instead of HTTP).
public struct CheckpointOffer: Equatable, Sendable {
    /// Most hashes of a proof: one for each level of a tree of 2^63 entries.
    public static let hashesMax = 63
    /// Longest note in bytes.
    public static let noteBytesMax = 16_384

    /// Number of entries that the peer saw last; 0 for none.
    public let known: UInt64
    /// The consistency proof; empty where `known` is 0.
    public let proof: [Digest]
    /// The checkpoint, a C2SP signed note.
    public let note: [UInt8]

    /// An offer.
    public init(known: UInt64, proof: [Digest], note: [UInt8]) {
        self.known = known
        self.proof = proof
        self.note = note
    }

    init(_ reader: inout Reader) throws(WireError) {
        known = try reader.readVarint()
        let count = try reader.readVarint()
        guard count <= UInt64(Self.hashesMax) else { throw .tooLarge("consistency proof") }
        var proof: [Digest] = []
        for _ in 0..<count { proof.append(try reader.readDigest()) }
        self.proof = proof
        guard reader.remaining > 0, reader.remaining <= Self.noteBytesMax else {
            throw .tooLarge("checkpoint")
        }
        note = try reader.readBytes(reader.remaining)
    }

    func encode(to writer: inout Writer) {
        writer.writeVarint(known)
        writer.writeVarint(UInt64(proof.count))
        for hash in proof { writer.write(hash) }
        writer.write(note)
    }
}
