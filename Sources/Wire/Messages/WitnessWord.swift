/// What a witness answers to a `CheckpointOffer`.
public struct WitnessWord: Equatable, Sendable {
    /// Longest line in bytes: two names of 70 characters and 76 bytes in base64 are 250.
    public static let lineBytesMax = 512

    /// Number of entries of the log that it has seen now.
    public let known: UInt64
    /// Its signature on the checkpoint, a line of a C2SP signed note; empty where it did not sign
    /// because the offer began elsewhere than at what it had seen.
    public let line: String

    /// An answer.
    public init(known: UInt64, line: String = "") {
        self.known = known
        self.line = line
    }

    init(_ reader: inout Reader) throws(WireError) {
        known = try reader.readVarint()
        guard reader.remaining <= Self.lineBytesMax else { throw .tooLarge("cosignature") }
        let bytes = try reader.readBytes(reader.remaining)
        guard let line = String(validating: bytes, as: UTF8.self), !line.contains("\n") else {
            throw .invalid("cosignature")
        }
        self.line = line
    }

    func encode(to writer: inout Writer) {
        writer.writeVarint(known)
        writer.write(Array(line.utf8))
    }
}
