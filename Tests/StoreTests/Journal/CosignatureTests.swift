import Testing
import Wire

@testable import Store

@Suite struct CosignatureTests {
    private let log = Fixture.key(1)
    private let witness = Fixture.key(2)
    private var checkpoint: SignedCheckpoint {
        SignedCheckpoint(
            origin: SignedCheckpoint.origin(log.publicKey), count: 12, root: Sha256.hash([1]))
    }

    @Test func `a witness's word is found in the note, and counts for that note alone`() {
        let word = Cosignature(of: checkpoint, at: 1_790_000_000, by: witness)
        let note = checkpoint.sign(with: log) + word.line + "\n"
        #expect(Cosignature.all(in: note) == [word])
        #expect(SignedCheckpoint(note: note, key: log.publicKey) == checkpoint)
        let other = SignedCheckpoint(
            origin: checkpoint.origin, count: 13, root: checkpoint.root)
        #expect(Cosignature(word.line[...], on: other.text) == nil)
        #expect(Cosignature.all(in: other.sign(with: log) + word.line + "\n").isEmpty)
    }

    @Test func `another time, key or signature is none`() {
        let word = Cosignature(of: checkpoint, at: 1_790_000_000, by: witness)
        let bytes = word.line.split(separator: " ").last.flatMap { Base64.decode(String($0)) } ?? []
        #expect(bytes.count == 76)
        for place in [0, 5, 40, 75] {
            var bent = bytes
            bent[place] ^= 1
            let line =
                "\u{2014} \(SignedCheckpoint.origin(witness.publicKey)) \(Base64.encode(bent))"
            #expect(Cosignature(line[...], on: checkpoint.text) == nil)
        }
        let name = "\u{2014} \(SignedCheckpoint.origin(log.publicKey)) \(Base64.encode(bytes))"
        #expect(Cosignature(name[...], on: checkpoint.text) == nil)
    }
}
