import Testing
import Wire

@testable import Store

@Suite struct SignedCheckpointTests {
    @Test func `a note is read back and any change is refused`() {
        let key = Fixture.key(1)
        let checkpoint = SignedCheckpoint(count: 12, root: Sha256.hash([1]))
        let note = checkpoint.sign(with: key)
        #expect(SignedCheckpoint(note: note, key: key.publicKey) == checkpoint)
        #expect(SignedCheckpoint(note: note, key: Fixture.key(2).publicKey) == nil)
        #expect(SignedCheckpoint(note: note + "\n", key: key.publicKey) == nil)
        let digits = note.replacing("\n12\n", with: "\n13\n")
        #expect(digits != note)
        #expect(SignedCheckpoint(note: digits, key: key.publicKey) == nil)
        #expect(note.hasPrefix("plasmid/\(key.publicKey.base32)\n12\n"))
    }
}
