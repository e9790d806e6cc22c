import Genome
import Store
import Testing
import Wire

@testable import Node

@Suite("Whose weights a layer has")
struct OriginCheckTests {
    private let home: HomeFixture
    private var check: OriginCheck {
        OriginCheck(library: home.service.library, own: home.service.keys.node.publicKey)
    }

    init() throws { home = try HomeFixture() }

    private func key(_ byte: UInt8) -> SigningKey {
        SigningKey(seed: [UInt8](repeating: byte, count: 32))!
    }

    private func blob(_ text: String) -> Digest { Blake3.hash(Array(text.utf8)) }

    /// An adapter of a publisher; its only blob is its name.
    private func adapter(
        _ name: String, by byte: UInt8, parents: [Digest] = [], weights: String? = nil,
        isHere: Bool = true, graph: String = "graph"
    ) throws -> Manifest {
        for text in [name, "table"] {
            _ = try home.service.library.importBytes(Array(text.utf8))
        }
        let whole: JSONValue = [
            "manifest": 1, "publisher": .string(key(byte).publicKey.base32), "type": "x-test",
            "name": .string(name), "version": "1.0.0",
            "files": [
                [
                    "path": "w.safetensors", "blob": .string(blob(name).hexadecimal),
                    "size": .integer(Int64(name.utf8.count)),
                    "sha256": .string(blob("sha").hexadecimal),
                ]
            ],
            "weights": [
                "id": .string(blob(weights ?? "weights of " + name).hexadecimal),
                "table": ["blob": .string(blob("table").hexadecimal), "size": 5],
                "files": ["w.safetensors"],
            ],
            "base": [
                "weights": .string(blob("base").hexadecimal),
                "graph": .string(blob(graph).hexadecimal),
            ],
            "licence": ["expression": "MIT"], "visibility": "public",
            "distribution": ["globallyAvailable": true, "scope": "global", "p2pEnabled": true],
            "provenance": [
                "createdAt": 1_760_000_000,
                "parentLayers": .array(
                    parents.map { ["layer": .string($0.hexadecimal)] }),
            ],
        ]
        let manifest = try Manifest.make(try #require(whole.object))
        if isHere {
            try home.service.library.add(
                Envelope.signed(manifest.bytes, type: Manifest.payloadType, by: key(byte)),
                origin: .fetched)
        }
        return manifest
    }

    /// Traces whose sketch differs from another's in so many of 128 bits.
    private func traces(_ bits: Int, tensors: [(String, UInt64)] = []) -> WeightsTraces {
        let low: UInt64 = bits >= 64 ? .max : (1 << UInt64(bits)) - 1
        return WeightsTraces(
            tensors: Set(tensors.map { .init(hash: blob($0.0), size: $0.1) }),
            sketch: tensors.isEmpty ? WeightsSketch([.init(path: "q", low: low, high: 0)]) : nil)
    }

    private func findings(_ manifest: Manifest, _ bits: Int) throws -> [String] {
        try check.findings(manifest, traces(bits)).map {
            "\($0.kind.rawValue) \($0.original.name) \($0.percent)"
        }
    }

    private func put(_ manifest: Manifest, _ bits: Int) throws {
        try check.remember(traces(bits), of: manifest)
    }

    @Test func `is another publisher's where it is nearly the same and not named`() throws {
        let original = try adapter("original", by: 1)
        try put(original, 0)
        let copy = try adapter("copy", by: 2, isHere: false)
        #expect(try findings(copy, 4) == ["nearCopy original 100"])
        #expect(try findings(copy, 19) == ["nearCopy original 89"])
        #expect(try findings(copy, 20).isEmpty)
        // Of the same publisher, or with the parent named, it is nobody's business.
        #expect(try findings(try adapter("mine", by: 1, isHere: false), 4).isEmpty)
        let child = try adapter("child", by: 2, parents: [original.layer], isHere: false)
        #expect(try findings(child, 4).isEmpty)
    }

    @Test func `is a copy of a child too, where that is nearer than the parent`() throws {
        let parent = try adapter("parent", by: 1)
        let child = try adapter("child", by: 2, parents: [parent.layer])
        try put(parent, 0)
        try put(child, 10)
        // A brother is near for the parent's sake.
        let brother = try adapter("brother", by: 3, parents: [parent.layer], isHere: false)
        #expect(try findings(brother, 5).isEmpty)
        #expect(try findings(brother, 9) == ["nearCopy child 100"])
        // A grandchild names its parent and has the grandparent with it.
        let grandchild = try adapter("grandchild", by: 3, parents: [child.layer], isHere: false)
        #expect(try findings(grandchild, 9).isEmpty)
        // The parent itself may come after its child.
        let late = try adapter("late", by: 4, isHere: false)
        let early = try adapter("early", by: 5, parents: [late.layer])
        try put(early, 64)
        #expect(try findings(late, 64).isEmpty)
        #expect(try findings(try adapter("other", by: 6, isHere: false), 64).count == 1)
    }

    @Test func `is not told of two that name the same parent which is not here`() throws {
        let unknown = blob("nobody has it")
        let one = try adapter("one", by: 1, parents: [unknown])
        try put(one, 0)
        #expect(
            try findings(try adapter("two", by: 2, parents: [unknown], isHere: false), 2).isEmpty)
        #expect(try findings(try adapter("two", by: 2, isHere: false), 2).count == 1)
    }

    @Test func `is told by equal weights and by tensors too`() throws {
        let original = try adapter("original", by: 1)
        let sizes: [(String, UInt64)] = [("a", 6_000), ("b", 4_000)]
        try check.remember(traces(0, tensors: sizes), of: original)
        let same = try adapter("same", by: 2, weights: "weights of original", isHere: false)
        #expect(try findings(same, 0) == ["equalWeights original 100"])
        let part = try adapter("part", by: 2, isHere: false)
        func tensors(_ list: [(String, UInt64)]) throws -> [Int] {
            try check.findings(part, traces(0, tensors: list)).map(\.percent)
        }
        #expect(try tensors([("a", 6_000), ("c", 4_000)]) == [60])
        #expect(try tensors([("b", 4_000), ("c", 6_000)]).isEmpty)
        // What an ancestor has is nobody else's.
        let child = try adapter("child", by: 3, parents: [original.layer], isHere: false)
        #expect(try check.findings(child, traces(0, tensors: sizes)).isEmpty)
    }

    @Test func `is waived by a steward's word alone`() throws {
        let original = try adapter("original", by: 1)
        try put(original, 0)
        let copy = try adapter("copy", by: 2, isHere: false)
        let weights = try #require(copy.weights?.id)
        func say(_ byte: UInt8, _ claim: String, _ other: Digest) throws {
            var body = JSONObject()
            body["claim"] = .string(claim)
            body["result"] = "passed"
            body["other"] = .string(other.hexadecimal)
            try home.service.library.add(
                statement: try Statement.make(
                    kind: .attestation, layer: original.layer, publisher: key(byte).publicKey,
                    sequence: 1, issued: 1, body: body
                ).signed(by: key(byte)))
        }
        try say(7, "not-derived", weights)
        #expect(try findings(copy, 1).count == 1)
        try home.service.library.setSteward(key(7).publicKey, isTrusted: true)
        #expect(try findings(copy, 1).isEmpty)
        try home.service.library.setSteward(key(7).publicKey, isTrusted: false)
        // Neither another claim nor one about something else waives it.
        try home.service.library.setSteward(key(8).publicKey, isTrusted: true)
        try say(8, "compatible", weights)
        try say(8, "not-derived", blob("something else"))
        #expect(try findings(copy, 1).count == 1)
        try say(8, "not-derived", copy.layer)
        #expect(try findings(copy, 1).isEmpty)
    }

    @Test func `compares before an adapter is in, and afterwards with what came since alone`()
        throws
    {
        let check = ConflictCheck(library: home.service.library)
        func targets(_ edges: [LayerEdge]) -> Set<Digest> { Set(edges.map(\.target)) }
        func kept(_ manifest: Manifest) throws -> Set<Digest> {
            targets(
                try home.service.library.index.edges(
                    .conflictsWith, of: manifest.layer,
                    own: home.service.keys.node.publicKey
                ).filter { $0.source == manifest.layer })
        }
        // Each for a graph of its own: all are in each other's way.
        let (first, gone) = (
            try adapter("one", by: 1, graph: "a"), try adapter("two", by: 2, graph: "b")
        )
        try put(first, 0)
        try put(gone, 0)
        let new = try adapter("new", by: 3, isHere: false, graph: "c")
        let sketch = traces(0).sketch
        let found = try check.compare(new, sketch)
        #expect(targets(found.edges) == [first.layer, gone.layer])
        #expect(found.others == targets(found.edges))
        let late = try adapter("late", by: 4, graph: "d")
        try put(late, 0)
        try home.service.library.remove(gone.layer)
        #expect(
            try targets(check.compare(new, sketch, besides: found.others).edges) == [late.layer])
        _ = try adapter("new", by: 3, graph: "c")
        try self.check.remember(traces(0), of: new, found)
        #expect(try kept(new) == [first.layer, late.layer])
    }
}
