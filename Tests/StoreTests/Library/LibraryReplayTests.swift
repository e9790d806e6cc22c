import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryReplayTests {
    private static func object(_ value: JSONValue) -> JSONObject { value.object ?? JSONObject() }

    @Test func `an event that was synced but not applied is applied at opening`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        _ = try fixture.library.journal.append([.pin(layer: manifest.layer)], time: 1)
        #expect(try fixture.library.index.pins().isEmpty)
        try fixture.restart()
        #expect(try fixture.library.index.pins() == [manifest.layer])
    }

    @Test func `an event that could not be applied is applied before the next one`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        _ = try fixture.library.journal.append([.pin(layer: manifest.layer)], time: 1)
        try fixture.library.setPolicy("quota", "5")
        #expect(try fixture.library.index.pins() == [manifest.layer])
        #expect(try fixture.library.index.quota() == 5)
        let count = fixture.library.journal.count
        #expect(try fixture.library.index.appliedSequence() == count)
    }

    @Test func `changes of many lanes at once are all kept, and survive the loss of the index`()
        throws
    {
        let fixture = try LibraryFixture()
        let expected = (0..<12).map { _ in "19" }
        do {
            let library = fixture.library
            let threads = try (0..<12).map { lane in
                try Thread("lane") {
                    for index in 0..<20 {
                        try? library.setPolicy("p\(lane)", "\(index)")
                    }
                }
            }
            for thread in threads { thread.join() }
            #expect(library.journal.count == 240)
            #expect(try (0..<12).map { try library.index.policy("p\($0)") } == expected)
        }
        try fixture.restart(LibraryFixture.loseIndex)
        let index = fixture.library.index
        #expect(try (0..<12).map { try index.policy("p\($0)") } == expected)
    }

    @Test func `a change too long for the journal is refused and nothing else`() throws {
        let fixture = try LibraryFixture()
        let long = String(repeating: "x", count: JournalEvent.bytesMax)
        let error = #expect(throws: StoreError.self) {
            try fixture.library.setPolicy("quota", long)
        }
        #expect(error.map { "\($0)" }?.contains("at most \(JournalEvent.bytesMax)") == true)
        try fixture.library.setPolicy("quota", "7")
        #expect(try fixture.library.index.quota() == 7)
    }

    @Test func `deleting the index loses nothing`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.share(name: "first", seed: 1)
        let second = try fixture.share(name: "second", seed: 2)
        try fixture.share(name: "third", seed: 3)
        try fixture.library.setPin(second.layer, isPinned: true)
        try fixture.library.remove(try #require(try fixture.library.index.layers().last).id)
        let layers = try fixture.library.index.layers()
        let blobs = try fixture.library.index.blobs().map { [$0.id.hexadecimal, "\($0.state)"] }
        try fixture.restart(LibraryFixture.loseIndex)
        let index = fixture.library.index
        #expect(try index.layers().map(\.id) == layers.map(\.id))
        #expect(try index.layers().map(\.added) == layers.map(\.added))
        #expect(try index.pins() == [second.layer])
        #expect(try index.blobs().map { [$0.id.hexadecimal, "\($0.state)"] } == blobs)
        #expect(try index.envelope(of: first.layer) != nil)
        #expect(try fixture.library.verify(first.layer).allSatisfy { $0.isSound })
    }

    @Test func `statements come back from the journal, and the journal from them`() throws {
        let fixture = try LibraryFixture()
        let layer = try fixture.share().layer
        func measurement(_ sequence: UInt64) throws -> Envelope {
            let key = Fixture.key(7)
            return try Statement.make(
                kind: .measurement, layer: layer, publisher: key.publicKey, sequence: sequence,
                issued: 1, body: Self.object(["task": "a", "figures": []])
            ).signed(by: key)
        }
        try fixture.library.add(statement: try measurement(1))
        let second = try measurement(2)
        #expect(try fixture.library.add(statement: second).sequence == 2)
        #expect(throws: StoreError.self) {
            try fixture.library.add(statement: try measurement(2))
        }
        let kept = [second.encode()]
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.index.statements(about: layer) == kept)
        try fixture.restart { try Directory.removeTree($0.journal) }
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.index.statements(about: layer) == kept)
    }

    @Test func `an index of an older version is taken further, and loses nothing`() throws {
        let fixture = try LibraryFixture()
        let layer = try fixture.share().layer
        try fixture.library.setPin(layer, isPinned: true)
        let key = Fixture.key(7)
        let review = try Statement.make(
            kind: .review, layer: layer, publisher: key.publicKey, sequence: 1, issued: 1,
            body: Self.object(["verdict": "approved"])
        ).signed(by: key)
        try fixture.library.add(statement: review)
        try fixture.restart { layout in
            try LibraryFixture.loseIndex(layout)
            // As the first version left it: its tables, all entries taken in, a layer and a pin.
            let connection = try SQLiteConnection(layout.index, isSoft: false)
            try connection.execute(Index.steps[0])
            try connection.execute(
                """
                INSERT INTO settings VALUES('applied', 3);
                INSERT INTO pins VALUES(x'\(layer.hexadecimal)', 1);
                PRAGMA user_version=1;
                """)
        }
        #expect(try fixture.library.index.statements(about: layer) == [review.encode()])
        #expect(try fixture.library.index.pins() == [layer])
    }

    @Test func `a statement about a layer that is not here or with a foreign signature is refused`()
        throws
    {
        let fixture = try LibraryFixture()
        let layer = try fixture.share().layer
        let key = Fixture.key(7)
        func statement(_ layer: Digest) throws -> Statement {
            try Statement.make(
                kind: .review, layer: layer, publisher: key.publicKey, sequence: 1, issued: 1,
                body: Self.object(["verdict": "approved"]))
        }
        let elsewhere = try statement(Digest(words: (1, 2, 3, 4))).signed(by: key)
        let foreign = Envelope.signed(
            try statement(layer).bytes, type: Statement.payloadType, by: Fixture.key(8))
        for envelope in [elsewhere, foreign] {
            #expect(throws: StoreError.self) { try fixture.library.add(statement: envelope) }
        }
        #expect(try fixture.library.index.statements(about: layer).isEmpty)
    }

    @Test func `with the journal lost it is begun again from the index`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        try fixture.library.setPin(manifest.layer, isPinned: true)
        try fixture.library.setPolicy("quota", "123456789")
        try fixture.restart { try Directory.removeTree($0.journal) }
        #expect(fixture.library.journal.count == 3)
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.index.pins() == [manifest.layer])
        #expect(try fixture.library.index.quota() == 123_456_789)
    }

    @Test func `with index and journal lost every blob comes back as recovered`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        try fixture.restart { layout in
            try LibraryFixture.loseIndex(layout)
            try Directory.removeTree(layout.journal)
        }
        let blobs = try fixture.library.index.blobs()
        #expect(blobs.count == 4)
        #expect(blobs.allSatisfy { $0.state == .recovered })
        #expect(blobs.contains { $0.id == manifest.layer })
        #expect(try fixture.library.index.layers().isEmpty)
        try fixture.share()
        #expect(try fixture.library.index.blobs().allSatisfy { $0.state == .complete })
    }

    @Test func `a layer whose manifest is gone does not keep the others from coming back`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.share(name: "first", seed: 1)
        let second = try fixture.share(name: "second", seed: 2)
        try fixture.restart { layout in
            try LibraryFixture.loseIndex(layout)
            try Scratch.flip(layout.object(first.layer), at: 3)
        }
        #expect(try fixture.library.index.layers().map(\.id) == [second.layer])
    }
}
