import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LogProofTests {
    private func journal(_ count: Int) throws -> Journal {
        let journal = try Journal(try Scratch().home().layout, key: Fixture.key(7))
        let changes = (0..<count).map { JournalChange.policy(name: "n", value: "\($0)") }
        for start in stride(from: 0, to: count, by: 500) {
            _ = try journal.append(
                Array(changes[start..<min(count, start + 500)]), time: 1_790_000_000_000)
        }
        return journal
    }

    private func fault(_ proof: LogProof) -> LogProof.Fault? {
        do throws(LogProof.Fault) {
            _ = try proof.check()
            return nil
        } catch {
            return error
        }
    }

    @Test func `an entry of a log with full and unfinished tiles is proven by text alone`() throws {
        let journal = try journal(70_000)
        for sequence: UInt64 in [1, 255, 256, 257, 65_536, 65_537, 69_999, 70_000] {
            let text = try journal.proof(of: sequence).text
            let proof = try #require(LogProof(text))
            #expect(proof.text == text)
            let finding = try proof.check()
            #expect(finding.node == Fixture.key(7).publicKey)
            #expect(finding.event.sequence == sequence)
            #expect(finding.event.change == .policy(name: "n", value: "\(sequence - 1)"))
        }
        #expect(throws: StoreError.self) { try journal.proof(of: 70_001) }
        #expect(throws: StoreError.self) { try journal.proof(of: 0) }
    }

    @Test func `a changed entry, place, path or signature is found`() throws {
        let proof = try journal(300).proof(of: 100)
        func changed(
            entry: [UInt8]? = nil, index: UInt64? = nil, path: [Digest]? = nil,
            note: String? = nil
        ) -> LogProof.Fault? {
            fault(
                LogProof(
                    entry: entry ?? proof.entry, index: index ?? proof.index,
                    path: path ?? proof.path, note: note ?? proof.note))
        }
        #expect(changed() == nil)
        #expect(changed(entry: proof.entry + [32]) == .notIncluded)
        #expect(changed(index: 98) == .notIncluded)
        #expect(changed(path: Array(proof.path.reversed())) == .notIncluded)
        let other = proof.note.replacing(
            Fixture.key(7).publicKey.base32, with: Fixture.key(8).publicKey.base32)
        #expect(changed(note: other) == .notSigned)
        #expect(changed(note: proof.note.replacing("\n300\n", with: "\n301\n")) == .notSigned)
        for text in [
            "", "c2sp.org/tlog-proof@v1\n\n", proof.text.replacing("@v1", with: "@v2"),
            proof.text.replacing("index 99", with: "index 099"),
            proof.text.replacing("extra ", with: "extra !"),
        ] {
            #expect(LogProof(text) == nil)
        }
    }

    @Test func `witnesses' words stand under the proof, and those of others do not count`() throws {
        let journal = try journal(10)
        let note = try journal.signedNote()
        let checkpoint = try #require(
            SignedCheckpoint(note: note, key: Fixture.key(7).publicKey))
        let word = Cosignature(of: checkpoint, at: 1_790_000_000, by: Fixture.key(2))
        #expect(try journal.take(witness: word.line))
        #expect(try !journal.take(witness: word.line))
        let finding = try journal.proof(of: 3).check()
        #expect(finding.witnesses == [word])
        // The log goes on: the proof still rests on what the witness saw, as far as that reaches.
        _ = try journal.append([.policy(name: "n", value: "later")], time: 2)
        #expect(try journal.proof(of: 3).check().witnesses == [word])
        #expect(try journal.proof(of: 11).check().witnesses.isEmpty)
        let foreign = SignedCheckpoint(
            origin: checkpoint.origin, count: 9, root: checkpoint.root)
        #expect(
            try !journal.take(witness: Cosignature(of: foreign, at: 1, by: Fixture.key(3)).line))
    }

    @Test func `a log is proven to go on from what it was`() throws {
        let journal = try journal(700)
        let older = try journal.consistency(from: 300, to: 700)
        var log = MerkleLog()
        var roots: [UInt64: Digest] = [:]
        for event in try journal.replay(after: 0) {
            _ = log.append(event.bytes)
            roots[log.count] = log.root
        }
        let (old, new) = (try #require(roots[300]), try #require(roots[700]))
        #expect(
            MerkleProof.isConsistent(old: 300, root: old, new: 700, root: new, proof: older))
        #expect(throws: StoreError.self) { try journal.consistency(from: 1, to: 701) }
    }
}
