/// Answers a `StorageChallenge`.
public struct ChallengeAnswer: Equatable, Sendable {
    /// What a mirror says.
    public enum Outcome: Equatable, Sendable {
        /// Not here, or not for you: the same words for both.
        case absent
        /// Not now: it has read as much for challenges as its owner lets it. Seconds until it is
        /// worth asking again, a day at most. No failure.
        case later(seconds: UInt64)
        /// It should be here and cannot be read.
        case damaged
        /// The code at the end of the chain, milliseconds since 1970 when the question came, and
        /// the mirror's signature over both with the terms (`ChallengeTerms.answerInput`).
        case code(Digest, received: UInt64, Signature)
    }

    /// Longest time that a mirror may put a verifier off, in seconds: its allowance fills again
    /// within the hour.
    public static let laterSecondsMax: UInt64 = 86_400

    /// The challenge's nonce.
    public let nonce: Digest
    /// The answer.
    public let outcome: Outcome

    /// An answer.
    public init(nonce: Digest, outcome: Outcome) {
        self.nonce = nonce
        self.outcome = outcome
    }

    func encode(to writer: inout Writer) {
        writer.write(nonce)
        switch outcome {
        case .absent: writer.write(UInt8(0))
        case .later(let seconds):
            writer.write(UInt8(1))
            writer.writeVarint(seconds)
        case .damaged: writer.write(UInt8(2))
        case .code(let code, let received, let signature):
            writer.write(UInt8(3))
            writer.write(code)
            writer.write(received)
            writer.write(signature.bytes)
        }
    }

    init(from reader: inout Reader) throws(WireError) {
        nonce = try reader.readDigest()
        switch try reader.readUInt8() {
        case 0: outcome = .absent
        case 1:
            let seconds = try reader.readVarint()
            guard seconds <= Self.laterSecondsMax else { throw .tooLarge("pause") }
            outcome = .later(seconds: seconds)
        case 2: outcome = .damaged
        case 3:
            outcome = .code(
                try reader.readDigest(), received: try reader.readUInt64(),
                try reader.readSignature())
        default: throw .unsupported("outcome of a challenge")
        }
    }
}

extension Reader {
    /// The 64 bytes of a signature.
    mutating func readSignature() throws(WireError) -> Signature {
        guard let signature = Signature(bytes: try readBytes(Signature.byteCount)) else {
            throw .truncated
        }
        return signature
    }
}
