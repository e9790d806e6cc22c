import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite("The graph in the index")
struct IndexGraphTests {
    private let own = Fixture.key(7).publicKey

    private func layer(_ number: Int) -> Digest { Blake3.hash(Array("layer \(number)".utf8)) }

    /// An index whose graph has these edges from child to parent.
    private func index(_ edges: [(Int, Int)]) throws -> Index {
        let index = try Index(try Scratch().home().layout)
        try index.putForBench(edges.map { (layer($0.0), layer($0.1)) }, by: own)
        return index
    }

    /// All that is reached from a node, by going on until nothing is new.
    private func reached(_ start: Int, _ edges: [(Int, Int)]) -> Set<Int> {
        var found: Set<Int> = [start]
        while true {
            let next = edges.filter { found.contains($0.0) && !found.contains($0.1) }.map(\.1)
            guard !next.isEmpty else { return found }
            found.formUnion(next)
        }
    }

    @Test(arguments: [0, 2_000])
    func `ancestors and descendants are those that trying finds, small and large`(
        _ familyMax: Int
    ) throws {
        for _ in 0..<20 {
            let count = Int.random(in: 2...30)
            let edges = (0..<Int.random(in: 1...60)).map { _ in
                (Int.random(in: 0..<count), Int.random(in: 0..<count))
            }.filter { $0.0 != $0.1 }
            let index = try index(edges)
            let back = edges.map { ($0.1, $0.0) }
            for start in 0..<count {
                for (direction, ways) in [(LineageDirection.up, edges), (.down, back)] {
                    let family = try index.family(
                        of: layer(start), direction, own: own, familyMax: familyMax)
                    let expected = Set(reached(start, ways).map { layer($0) })
                    #expect(Set(family.layers.map(\.layer)) == expected, "\(edges) from \(start)")
                    #expect(family.layers.count == expected.count && !family.isCut)
                }
            }
        }
    }

    @Test func `a lineage ends at its depth, and says when it was cut`() throws {
        let index = try index([(0, 1), (1, 2), (2, 3)])
        func lineage(depth: Int, limit: Int = 100) throws -> LineageGraph {
            try index.lineage(of: layer(0), [.up, .down], depth: depth, own: own, limit: limit)
        }
        #expect(try lineage(depth: 2).nodes.map(\.layer) == [layer(0), layer(1), layer(2)])
        #expect(try lineage(depth: 2).nodes.map(\.depth) == [0, 1, 2])
        #expect(try lineage(depth: 9).edges.count == 3)
        #expect(try lineage(depth: 9, limit: 2).isCut)
        let middle = try index.lineage(of: layer(2), [.down], depth: 9, own: own)
        #expect(middle.nodes.map(\.depth) == [0, -1, -2])
        // A layer that nothing is known of stands alone.
        #expect(try index.lineage(of: layer(99), [.up], depth: 9, own: own).nodes.count == 1)
    }
}

@Suite("Tables that manifests and statements fill")
struct IndexEdgesTests {
    private let fixture: LibraryFixture
    private var index: Index { fixture.library.index }
    private let own = Fixture.key(7)

    init() throws { fixture = try LibraryFixture() }

    private func share(
        _ name: String, by key: SigningKey = Fixture.key(7), _ change: (inout JSONObject) -> Void
    ) throws -> Manifest {
        let source = try fixture.scratch.file("source", Array("text of \(name)".utf8))
        let blob = try fixture.library.importFile(source)
        let plain = try Fixture.envelope([("a.txt", blob)], name: name, key: key)
        var object = try Manifest.verified(in: plain).json
        change(&object)
        let manifest = try Manifest.make(object)
        return try fixture.library.add(
            Envelope.signed(manifest.bytes, type: Manifest.payloadType, by: key), origin: .fetched)
    }

    private func child(
        of parent: Digest, _ name: String, by key: SigningKey = Fixture.key(7)
    ) throws -> Manifest {
        try share(name, by: key) { object in
            object["provenance"] = [
                "createdAt": 1,
                "parentLayers": [
                    ["layer": .string(parent.hexadecimal), "relation": "fine-tuned-from"]
                ],
            ]
        }
    }

    private func say(
        _ kind: StatementKind, about layer: Digest, by key: SigningKey, sequence: UInt64 = 1,
        _ body: JSONValue
    ) throws {
        try fixture.library.add(
            statement: try Statement.make(
                kind: kind, layer: layer, publisher: key.publicKey, sequence: sequence,
                issued: 1_760_000_000, body: body.object!
            ).signed(by: key))
    }

    private func ancestors(_ layer: Digest) throws -> Set<Digest> {
        let family = try index.family(of: layer, .up, own: own.publicKey)
        return Set(family.layers.map(\.layer)).subtracting([layer])
    }

    /// All rows of a table as text, in order.
    private func rows(_ table: String, _ columns: String) throws -> [String] {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT \(columns) FROM \(table) ORDER BY 1, 2, 3") { row in
                (0..<Int32(columns.split(separator: ",").count)).map { row.text($0) }
                    .joined(separator: "|")
            }
        }
    }

    @Test func `are made again by the journal, and by an index of before`() throws {
        let parent = try share("parent") { _ in }
        let child = try child(of: parent.layer, "child")
        try say(
            .evolution, about: child.layer, by: own,
            ["event": "pruned", "from": .string(Fixture.key(3).publicKey.digest.hexadecimal)])
        try say(
            .measurement, about: child.layer, by: own,
            ["task": "notes", "figures": [["metric": "loss", "value": "2.5"]]])
        let edges = try rows("edges", "relation, type, properties")
        let figures = try rows("layer_performance", "task_type, metric_type, value, measured_at")
        #expect(edges.count == 2 && figures == ["notes|loss|2.5|2025-10-09T08:53:20Z"])
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try rows("edges", "relation, type, properties") == edges)
        #expect(
            try rows("layer_performance", "task_type, metric_type, value, measured_at") == figures)
        // Applied again over what is there, nothing doubles.
        try fixture.restart { layout in
            let connection = try SQLiteConnection(layout.index, isSoft: false)
            try connection.execute("UPDATE settings SET value=0 WHERE name='applied'")
        }
        #expect(try rows("edges", "relation, type, properties") == edges)
        #expect(
            try rows("layer_performance", "task_type, metric_type, value, measured_at").count == 1)
    }

    @Test func `forget a layer that is removed`() throws {
        let parent = try share("parent") { _ in }
        let child = try child(of: parent.layer, "child")
        try say(
            .measurement, about: child.layer, by: own,
            ["task": "notes", "figures": [["metric": "loss", "value": "2.5"]]])
        try fixture.library.remove(child.layer)
        #expect(try rows("edges", "relation, type, origin").isEmpty)
        #expect(try rows("layer_performance", "task_type, metric_type, value").isEmpty)
    }

    @Test func `count what publisher, owner and trusted keys say, and no stranger`() throws {
        let stranger = Fixture.key(9)
        let parent = try share("parent") { _ in }
        let other = try share("other", by: Fixture.key(5)) { _ in }
        let claim: JSONValue = ["event": "copied", "from": .string(parent.layer.hexadecimal)]
        try say(.evolution, about: other.layer, by: stranger, claim)
        #expect(try ancestors(other.layer).isEmpty)
        try fixture.library.setTrust(stranger.publicKey, isTrusted: true)
        #expect(try ancestors(other.layer) == [parent.layer])
        try fixture.library.setTrust(stranger.publicKey, isTrusted: false)
        try say(.evolution, about: other.layer, by: Fixture.key(5), claim)
        #expect(try ancestors(other.layer) == [parent.layer])
    }

    @Test func `join an adapter to whatever has the weights of its base`() throws {
        let weights = Blake3.hash([1]).hexadecimal
        let table = try fixture.library.importBytes([1, 2, 3])
        func adapter(_ name: String) throws -> Manifest {
            try share(name) { object in
                object["base"] = ["weights": .string(weights), "graph": .string(weights)]
            }
        }
        let first = try adapter("first")
        #expect(try ancestors(first.layer).isEmpty)
        let base = try share("base") { object in
            object["weights"] = [
                "id": .string(weights),
                "table": BlobReference(blob: table.id, size: table.size).json, "files": ["a.txt"],
            ]
        }
        let second = try adapter("second")
        #expect(try ancestors(first.layer) == [base.layer])
        #expect(try ancestors(second.layer) == [base.layer])
        try fixture.library.remove(base.layer)
        #expect(try ancestors(first.layer).isEmpty)
    }

    @Test func `have the columns that readers of other catalogues know`() throws {
        let manifest = try share("poems") { _ in }
        let shown = try rows(
            "genomic_layers", "id, name, version, type, creator_id, created_at, visibility")
        let creator = LayerUUID(of: own.publicKey.digest)
        #expect(
            shown == [
                "\(manifest.uuid)|poems|1.0.0|specialization|\(creator)|"
                    + "2025-10-09T08:53:20Z|public"
            ])
    }
}

@Suite("The use of layers")
struct IndexUsageTests {
    @Test func `is noted, judged, listed and forgotten, and never journaled`() throws {
        let fixture = try LibraryFixture()
        let layer = try fixture.share().layer
        let index = fixture.library.index
        let entries = fixture.library.journal.count
        let user = Fixture.key(7).publicKey
        for (session, started) in [("one", UInt64(1_000)), ("two", 2_500)] {
            try index.noteUse(
                of: [layer], user: user, session: session, verb: "infer", started: started,
                ended: started + 10)
        }
        #expect(try index.rate(layer, 4))
        let uses = try index.uses(of: layer)
        #expect(uses.map(\.session) == ["two", "one"] && uses.map(\.rating) == [4, nil])
        #expect(uses[0].startedAt == "1970-01-01T00:00:02.500Z" && uses[0].verb == "infer")
        #expect(try index.uses(of: layer, limit: 1).count == 1)
        #expect(try !index.rate(Blake3.hash([1]), 4))
        #expect(fixture.library.journal.count == entries)
        try index.forgetUses(of: layer)
        #expect(try index.uses(of: layer).isEmpty)
    }
}
