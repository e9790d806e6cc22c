import Host
import Testing
import Wire

@testable import Store

@Suite struct WitnessBookTests {
    private let scratch = Scratch()
    private let log: Journal
    private let node = Fixture.key(7)
    private let book: WitnessBook
    private let witness = Fixture.key(8)
    private let layout: Layout

    init() throws {
        log = try Journal(try scratch.home().layout, key: node)
        layout = Layout(home: "\(scratch.path)/witness")
        try Directory.create(layout.home)
        book = WitnessBook(layout, key: witness)
    }

    private func add(_ count: Int) throws {
        _ = try log.append(
            (0..<count).map { .policy(name: "n", value: "\($0)") }, time: 1)
    }

    private func offer(_ known: UInt64) throws -> CheckpointOffer {
        try #require(try log.offer(known: known))
    }

    private func show(_ offer: CheckpointOffer) throws -> WitnessBook.Outcome {
        try book.witness(offer, of: node.publicKey, at: 1_800_000_000)
    }

    @Test func `what follows is signed, and the log keeps the word`() throws {
        for (known, count) in [(0, 3), (3, 300), (303, 1), (304, 700)] as [(UInt64, Int)] {
            try add(count)
            let end = known + UInt64(count)
            guard case .cosigned(end, let line) = try show(try offer(known)) else {
                Issue.record("not signed with \(end) entries")
                return
            }
            #expect(try log.take(witness: line))
            #expect(try !log.take(witness: line))
            let note = try #require(try log.witnessedNote())
            #expect(Cosignature.all(in: note).map(\.witness) == [witness.publicKey])
        }
        #expect(try book.logs() == [log.head])
        #expect(try log.offer(known: 1_004) == nil)
        // Another process of the witness remembers.
        let again = WitnessBook(layout, key: witness)
        #expect(
            try again.witness(try offer(0), of: node.publicKey, at: 1) == .known(count: 1_004))
    }

    @Test func `a word on what was offered counts although more was written meanwhile`() throws {
        try add(3)
        guard case .cosigned(_, let line) = try show(try offer(0)) else {
            Issue.record("not signed")
            return
        }
        try add(2)
        _ = try log.signedNote()
        #expect(try log.take(witness: line))
        let note = try #require(try log.witnessedNote())
        #expect(SignedCheckpoint.signed(note)?.checkpoint.count == 3)
    }

    @Test func `who begins elsewhere is told what is known`() throws {
        try add(5)
        #expect(try show(try offer(2)) == .known(count: 0))
        _ = try show(try offer(0))
        try add(5)
        #expect(try show(try offer(0)) == .known(count: 5))
        #expect(try show(try offer(3)) == .known(count: 5))
    }

    @Test func `a log that was rewritten is refused, and two ends of one length are kept as proof`()
        throws
    {
        try add(5)
        _ = try show(try offer(0))
        let other = try Journal(try Scratch().home().layout, key: node)
        _ = try other.append((0..<5).map { .policy(name: "x", value: "\($0)") }, time: 1)
        let forged = try #require(try other.offer(known: 0))
        guard case .refused(let reason) = try show(forged) else {
            Issue.record("a second history was taken")
            return
        }
        #expect(reason.contains("two histories"))
        #expect(try book.forks().map(\.node) == [node.publicKey])
        _ = try other.append([.policy(name: "x", value: "y")], time: 1)
        let longer = try #require(try other.offer(known: 5))
        guard case .refused = try show(longer) else {
            Issue.record("a longer second history was taken")
            return
        }
        #expect(try book.logs().map(\.count) == [5])
    }

    @Test func `a proof with one bit changed, or none, is refused`() throws {
        try add(5)
        _ = try show(try offer(0))
        try add(6)
        let good = try offer(5)
        var proof = good.proof
        proof[0] = Blake3.hash([9])
        for bad in [proof, Array(good.proof.dropLast()), []] {
            let outcome = try show(CheckpointOffer(known: 5, proof: bad, note: good.note))
            #expect(outcome == .refused("the log does not begin with what was seen of it"))
        }
        guard case .cosigned = try show(good) else {
            Issue.record("the right proof was refused")
            return
        }
    }

    @Test func `the journal of another, a changed note and junk are refused`() throws {
        try add(2)
        let offer = try offer(0)
        let foreign = try book.witness(offer, of: Fixture.key(9).publicKey, at: 1)
        #expect(foreign == .refused("the checkpoint is not the peer's own"))
        var note = offer.note
        note[note.count - 6] ^= 1
        for bad in [note, Array("junk".utf8), []] {
            let outcome = try show(CheckpointOffer(known: 0, proof: [], note: bad))
            #expect(outcome == .refused("the checkpoint is not the peer's own"))
        }
        #expect(try book.logs().isEmpty)
    }

    @Test func `a node cannot fill the book`() throws {
        for generation in 1...UInt64(WitnessBook.logsPerNodeMax) + 1 {
            let journal = try Journal(
                try Scratch().home().layout, key: node, generation: generation)
            _ = try journal.append([.policy(name: "n", value: "1")], time: 1)
            let outcome = try show(try #require(try journal.offer(known: 0)))
            if generation <= UInt64(WitnessBook.logsPerNodeMax) {
                guard case .cosigned = outcome else {
                    Issue.record("log \(generation) was not taken")
                    return
                }
            } else {
                #expect(outcome == .full)
            }
        }
    }
}
