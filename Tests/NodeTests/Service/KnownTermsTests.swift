import Genome
import Store
import Testing
import Wire

@testable import Node

@Suite("Terms beside those of what is here")
struct KnownTermsTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private func failure(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch {
            return error as? Failure
        }
    }

    private func layer(_ answer: JSONObject) throws -> String {
        try #require(answer["layer"]?.string)
    }

    @Test func `a child that drops a parent's terms is not signed, and is told the way`() throws {
        let data = try layer(
            try home.share("corpus", visibility: "public", licence: "CC-BY-NC-4.0"))
        let parent = try layer(
            try home.share("parent", licence: "CC-BY-NC-4.0", parents: [data]))
        let refusal = failure {
            try home.share("child", visibility: "public", licence: "MIT", parents: [parent])
        }
        #expect(refusal?.code == .licence)
        #expect(
            refusal?.why == "nonCommercial via parent parent@1.0.0: "
                + "a layer under MIT would leave that out")
        #expect(refusal?.remedy == "declare --licence 'CC-BY-NC-4.0'")
        #expect(try home.ask("list")["layers"]?.array?.count == 2)
        try home.share("child", visibility: "public", licence: "CC-BY-NC-4.0", parents: [parent])
    }

    @Test func `a parent that is not here is named and refuses nothing`() throws {
        let unknown = String(repeating: "ab", count: 32)
        let shared = try home.share("child", visibility: "public", parents: [unknown])
        let shown = try home.ask("show", [("layer", try #require(shared["layer"]))])
        #expect(shown["termsUnverified"] == ["parent abababababababab"])
        #expect(shown["termsRefused"]?.isNull == true)
        #expect(shown["terms"]?.array?.count == 1)
    }

    @Test func `what is shown holds the duties of the parents`() throws {
        let parent = try layer(try home.share("parent", visibility: "public", licence: "CC-BY-4.0"))
        let child = try layer(
            try home.share("child", visibility: "public", licence: "0BSD", parents: [parent]))
        func musts(_ layer: String) throws -> [JSONValue] {
            try home.ask("show", [("layer", .string(layer))])["terms"]?.array?.first?["must"]?.array
                ?? []
        }
        #expect(try musts(child) == (try musts(parent)))
        #expect(try musts(child).contains("name who made it and keep its notices"))
    }

    @Test func `a base is found by its weights where its name was left out`() throws {
        for text in ["base", "table"] {
            _ = try home.service.library.importBytes(Array(text.utf8))
        }
        let manifest = try Manifest.verified(in: try weighty("base", licence: "CC-BY-NC-4.0"))
        _ = try home.service.library.add(
            try weighty("base", licence: "CC-BY-NC-4.0"), origin: .fetched)
        let child = try Manifest.verified(
            in: try weighty("child", licence: "MIT", base: try #require(manifest.weights?.id)))
        let answer = KnownTerms(library: home.service.library).answer(child)
        #expect(answer.refusal?.origin == "nonCommercial via base base@1.0.0")
    }

    @Test func `what a statement says a layer came from has a say in its terms`() throws {
        for text in ["parent", "child", "grandchild", "table"] {
            _ = try home.service.library.importBytes(Array(text.utf8))
        }
        let key = SigningKey(seed: [UInt8](repeating: 9, count: 32))!
        let library = home.service.library
        let parent = try library.add(
            try weighty("parent", licence: "CC-BY-NC-4.0"), origin: .fetched)
        let child = try library.add(try weighty("child", licence: "MIT"), origin: .fetched)
        let grandchild = try library.add(
            try weighty("grandchild", licence: "MIT", base: try #require(child.weights?.id)),
            origin: .fetched)
        let body: JSONValue = [
            "event": "pruned", "from": .string(parent.layer.hexadecimal),
        ]
        func say(_ key: SigningKey) throws {
            let statement = try Statement.make(
                kind: .evolution, layer: child.layer, publisher: key.publicKey, sequence: 1,
                issued: 1_760_000_000, body: body.object ?? JSONObject())
            try library.add(statement: statement.signed(by: key))
        }
        func origin(_ manifest: Manifest) -> String? {
            KnownTerms(library: library).answer(manifest).refusal?.origin
        }
        #expect(origin(child) == nil && origin(grandchild) == nil)
        // A stranger's word has none.
        try say(SigningKey(seed: [UInt8](repeating: 3, count: 32))!)
        #expect(origin(child) == nil)
        try say(key)
        #expect(origin(child) == "nonCommercial via parent parent@1.0.0")
        #expect(
            origin(grandchild) == "nonCommercial via base child@1.0.0 via parent parent@1.0.0")
    }

    /// A layer of somebody else with weights of its own.
    private func weighty(
        _ name: String, licence: String, base: Digest? = nil
    ) throws -> Envelope {
        let key = SigningKey(seed: [UInt8](repeating: 9, count: 32))!
        func blob(_ text: String) -> String { Blake3.hash(Array(text.utf8)).hexadecimal }
        let whole: JSONValue = [
            "manifest": 1, "publisher": .string(key.publicKey.base32), "type": "foundation",
            "name": .string(name), "version": "1.0.0",
            "files": [
                [
                    "path": "w.safetensors", "blob": .string(blob(name)),
                    "size": .integer(Int64(name.utf8.count)),
                    "sha256": .string(blob("sha")),
                ]
            ],
            "weights": [
                "id": .string(blob("weights of " + name)),
                "table": ["blob": .string(blob("table")), "size": 5], "files": ["w.safetensors"],
            ],
            "licence": ["expression": .string(licence)], "visibility": "public",
            "distribution": ["globallyAvailable": true, "scope": "global", "p2pEnabled": true],
            "provenance": ["createdAt": 1_760_000_000],
        ]
        var object = try #require(whole.object)
        if let base {
            object["base"] = [
                "weights": .string(base.hexadecimal), "graph": .string(blob("graph")),
            ]
        }
        let manifest = try Manifest.make(object)
        return Envelope.signed(manifest.bytes, type: Manifest.payloadType, by: key)
    }
}
