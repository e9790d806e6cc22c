/// Messages by which nodes show each other that they have what they say they keep.
extension Message {
    func writeChallenge(to writer: inout Writer) -> Bool {
        switch self {
        case .challenge(let challenge):
            writer.write(Kind.challenge)
            challenge.encode(to: &writer)
        case .challengeAnswer(let answer):
            writer.write(Kind.challengeAnswer)
            answer.encode(to: &writer)
        case .challengeLeaf(let leaf):
            writer.write(Kind.challengeLeaf)
            leaf.encode(to: &writer)
        case .receipt(let receipt):
            writer.write(Kind.receipt)
            writer.write(receipt.bytes)
        default: return false
        }
        return true
    }

    static func readChallenge(
        _ kind: UInt8, _ reader: inout Reader
    ) throws(WireError) -> Message? {
        switch kind {
        case Kind.challenge: return .challenge(try StorageChallenge(from: &reader))
        case Kind.challengeAnswer: return .challengeAnswer(try ChallengeAnswer(from: &reader))
        case Kind.challengeLeaf: return .challengeLeaf(try ChallengeLeaf(from: &reader))
        case Kind.receipt:
            guard reader.remaining <= StorageReceipt.bytesMax else { throw .tooLarge("receipt") }
            return .receipt(try StorageReceipt(bytes: reader.readBytes(reader.remaining)))
        default: return nil
        }
    }
}
