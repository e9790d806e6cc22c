import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct ExportProofTests {
    private let fixture: LibraryFixture
    private let manifest: Manifest
    private let folder: String
    private let proof: ExportProof

    init() throws {
        fixture = try LibraryFixture()
        manifest = try fixture.share()
        try fixture.share(name: "other", seed: 2)
        folder = "\(fixture.scratch.path)/out"
        try fixture.library.export(manifest.layer, to: folder)
        let journal = fixture.library.journal
        let sequence = try #require(try journal.sequence(of: manifest.layer))
        proof = ExportProof(
            envelope: try #require(try fixture.library.index.envelope(of: manifest.layer)),
            proof: try journal.proof(of: sequence))
        try proof.write(beside: folder)
    }

    @Test func `what was written beside a folder proves it, without the home`() throws {
        try Directory.removeTree(fixture.layout.home)
        let found = try ExportProof.read(beside: folder).check(folder)
        #expect(found.manifest.layer == manifest.layer && found.absent.isEmpty)
        #expect(found.files == manifest.files.count)
        #expect(found.unlisted.isEmpty && found.unlistedCount == 0)
        #expect(found.log.node == Fixture.key(7).publicKey)
    }

    @Test func `a file that changed or is gone is named`() throws {
        let path = "\(folder)/\(manifest.files[0].path)"
        try Scratch.flip(path, at: 3)
        #expect(throws: StoreError.damaged("\(path) (it has other bytes than were signed)")) {
            try proof.check(folder)
        }
        try Directory.removeFile(path)
        #expect(throws: StoreError.missing(path)) { try proof.check(folder) }
    }

    @Test func `files that the manifest does not list are named, and those it lists still hold`()
        throws
    {
        for path in ["model.py", "sub/tokenizer.json", "more/deep/a.bin"] {
            try Directory.create(Layout.folder(of: "\(folder)/\(path)"))
            try File("\(folder)/\(path)", .create).write([1], offset: 0)
        }
        let found = try proof.check(folder)
        #expect(found.unlisted == ["model.py", "more/", "sub/tokenizer.json"])
        #expect(found.unlistedCount == 3 && found.files == manifest.files.count)
    }

    @Test func `the proof of another layer, another node or a changed manifest is refused`() throws
    {
        let journal = fixture.library.journal
        let others = ExportProof(envelope: proof.envelope, proof: try journal.proof(of: 2))
        #expect(throws: StoreError.self) { try others.check(folder) }
        var envelope = proof.envelope
        envelope[envelope.count / 2] ^= 1
        #expect(throws: StoreError.self) {
            try ExportProof(envelope: envelope, proof: proof.proof).check(folder)
        }
        let note = proof.proof.note.replacing(
            Fixture.key(7).publicKey.base32, with: Fixture.key(8).publicKey.base32)
        let foreign = LogProof(
            entry: proof.proof.entry, index: proof.proof.index, path: proof.proof.path, note: note)
        #expect(throws: StoreError.self) {
            try ExportProof(envelope: proof.envelope, proof: foreign).check(folder)
        }
    }

    @Test func `a newer proof takes an older one's place, a file of the user's stays`() throws {
        try proof.write(beside: folder)
        let path = folder + ExportProof.proofEnding
        let file = try File(path, .create)
        try file.resize(to: 0)
        try file.write(Array("my notes".utf8), offset: 0)
        #expect(throws: StoreError.occupied(path: path)) { try proof.write(beside: folder) }
        #expect(throws: StoreError.self) { try ExportProof.read(beside: folder) }
        #expect(try File(path, .read).readAll(limit: 100) == Array("my notes".utf8))
    }
}
