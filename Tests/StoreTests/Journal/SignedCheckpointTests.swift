import Testing
import Wire

@testable import Store

@Suite struct SignedCheckpointTests {
    private let key = Fixture.key(1)

    private func checkpoint(generation: UInt64 = 1) -> SignedCheckpoint {
        SignedCheckpoint(
            origin: SignedCheckpoint.origin(key.publicKey, generation: generation), count: 12,
            root: Sha256.hash([1]))
    }

    @Test func `a note is read back and any change is refused`() {
        let note = checkpoint().sign(with: key)
        #expect(SignedCheckpoint(note: note, key: key.publicKey) == checkpoint())
        #expect(SignedCheckpoint(note: note, key: Fixture.key(2).publicKey) == nil)
        #expect(SignedCheckpoint(note: note + "\n", key: key.publicKey) == nil)
        let digits = note.replacing("\n12\n", with: "\n13\n")
        #expect(digits != note)
        #expect(SignedCheckpoint(note: digits, key: key.publicKey) == nil)
        #expect(note.hasPrefix("plasmid/\(key.publicKey.base32)\n12\n"))
    }

    @Test func `signatures of others and further lines are passed over, false own ones are not`() {
        let note = checkpoint().sign(with: key)
        let other = note + "\u{2014} example.com/witness AAAAAAAAAAAA\n"
        #expect(SignedCheckpoint(note: other, key: key.publicKey) == checkpoint())
        let noise = note + "\u{2014} no-base64 !!\n"
        #expect(SignedCheckpoint(note: noise, key: key.publicKey) == nil)
        let line = note.split(separator: "\n").last.map(String.init) ?? ""
        let spoilt = line.dropLast(6) + "AAAAA="
        #expect(SignedCheckpoint(note: note + spoilt + "\n", key: key.publicKey) == nil)
        let many = String(repeating: "\u{2014} a AAAAAAAA\n", count: 40)
        #expect(SignedCheckpoint(note: note + many, key: key.publicKey) == nil)
    }

    @Test func `a later log of the same node has a name of its own`() {
        let later = checkpoint(generation: 1_790_000_000)
        #expect(later.origin.hasSuffix("/1790000000"))
        #expect(SignedCheckpoint(note: later.sign(with: key), key: key.publicKey) == later)
        #expect(SignedCheckpoint.key(of: later.origin) == key.publicKey)
        let own = key.publicKey.base32
        for name in [
            "plasmid", "plasmid/\(own)/1", "plasmid/\(own)/0", "plasmid/\(own)/x", "other/\(own)",
            "plasmid/\(own)/2/3", "plasmid/abc", "plasmid/\(own)/02",
        ] {
            #expect(SignedCheckpoint.key(of: name) == nil, "\(name)")
        }
    }
}
