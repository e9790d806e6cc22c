import Testing

@testable import Wire

@Suite struct CheckpointOfferTests {
    private static let digest = Blake3.hash([1])

    @Test func `a proof or a note beyond the limits is refused`() throws {
        let proof = [Digest](repeating: Self.digest, count: CheckpointOffer.hashesMax)
        let note = [UInt8](repeating: 65, count: CheckpointOffer.noteBytesMax)
        let largest = Message.checkpoint(CheckpointOffer(known: 1, proof: proof, note: note))
        #expect(try Message(bytes: largest.bytes) == largest)
        for (proof, note) in [
            (proof + [Self.digest], [1]), (proof, note + [1]), (proof, []),
        ] {
            let message = Message.checkpoint(CheckpointOffer(known: 1, proof: proof, note: note))
            #expect(throws: WireError.self) { try Message(bytes: message.bytes) }
        }
    }
}
