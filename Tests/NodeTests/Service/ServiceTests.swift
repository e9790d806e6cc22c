import Genome
import Host
import Store
import Testing
import Wire

@testable import Node

@Suite("The verbs over a home")
struct ServiceTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private func code(_ body: () throws -> Void) -> Failure.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Failure)?.code
        }
    }

    @Test func `share, list, show, files and verify agree about a layer`() throws {
        let shared = try home.share("notes")
        let layer = try #require(shared["layer"])
        #expect(shared["size"] == 10)
        #expect(try home.ask("list")["layers"]?.array?.map { $0["layer"] } == [layer])
        let shown = try home.ask("show", [("layer", layer)])
        #expect(shown["held"] == true)
        #expect(shown["manifest"]?["name"] == "notes")
        let files = try home.ask("files", [("layer", layer)])
        #expect(files["files"] == shared["files"])
        #expect(files["home"]?.string == home.layout.home)
        let verified = try home.ask("verify", [("layer", layer)])
        #expect(verified["ok"] == true)
        let blob = try #require(shared["files"]?.array?.first?["blob"]?.string)
        let id = try #require(Digest(hexadecimal: blob))
        #expect(try BlobReader(id, layout: home.layout).readAll(limit: 99).count == 10)
    }

    @Test func `a version means one layer for ever`() throws {
        try home.share("notes")
        #expect(code { try home.share("notes", text: "other text\n") } == .refused)
        let second = try home.share("notes", version: "1.0.1", text: "other text\n")
        #expect(second["ref"]?.string?.hasSuffix("/notes@1.0.1") == true)
        #expect(try home.ask("status")["layers"] == 2)
    }

    @Test func `what was measured is signed, counted and kept`() throws {
        let layer = try #require(try home.share("notes")["layer"])
        let body: JSONValue = [
            "task": "a", "figures": [["metric": "loss", "value": "1.5", "unit": "nats"]],
        ]
        for sequence in Int64(1)...2 {
            let answer = try home.ask("measure", [("layer", layer), ("body", body)])
            #expect(answer["sequence"] == .integer(sequence))
            let envelope = try Envelope.decode(
                Array(try #require(answer["envelope"]?.string).utf8), payloadMax: 1 << 20)
            let statement = try Statement.verified(in: envelope)
            #expect(statement.layer.hexadecimal == layer.string && statement.kind == .measurement)
            #expect(statement.publisher == home.service.keys.node.publicKey)
            let id = try #require(Digest(hexadecimal: layer.string ?? ""))
            #expect(
                try home.service.library.index.statements(about: id) == [envelope.encode()])
        }
        let shown = try home.ask("show", [("layer", layer)])["statements"]?.array
        #expect(shown?.count == 1 && shown?[0]["kind"] == "measurement")
        #expect(shown?[0]["body"] == body && shown?[0]["sequence"] == 2)
        let wrong: JSONValue = ["task": "a", "figures": [["metric": "loss", "value": 1]]]
        #expect(code { try home.ask("measure", [("layer", layer), ("body", wrong)]) } == .corrupt)
        #expect(code { try home.ask("measure", [("layer", layer)]) } == .usage)
    }

    @Test func `what was checked is a statement of its own kind`() throws {
        let layer = try #require(try home.share("notes")["layer"])
        let body: JSONValue = ["claim": "tested", "result": "passed", "procedure": "base, bound"]
        #expect(try home.ask("attest", [("layer", layer), ("body", body)])["sequence"] == 1)
        let measured: JSONValue = [
            "task": "a", "figures": [["metric": "loss", "value": "1.5", "unit": "nats"]],
        ]
        #expect(try home.ask("measure", [("layer", layer), ("body", measured)])["sequence"] == 1)
        let shown = try home.ask("show", [("layer", layer)])["statements"]?.array ?? []
        #expect(shown.compactMap { $0["kind"]?.string }.sorted() == ["attestation", "measurement"])
        let wrong: JSONValue = ["claim": "tested", "result": "perhaps"]
        #expect(code { try home.ask("attest", [("layer", layer), ("body", wrong)]) } == .corrupt)
    }

    @Test func `what makes no sense is a usage error and changes nothing`() throws {
        #expect(code { try home.ask("show") } == .usage)
        #expect(code { try home.ask("share", [("paths", ["a", "b"])]) } == .usage)
        #expect(code { try home.share("notes", visibility: "everybody") } == .usage)
        #expect(code { try home.ask("trust", [("key", "no key")]) } == .usage)
        #expect(code { try home.ask("dance") } == .unsupported)
        #expect(try home.ask("list")["layers"]?.array?.isEmpty == true)
        let file = try File(home.laboratory.write("a.txt", "a"), .read)
        #expect(
            code {
                try home.ask(
                    "share",
                    [("paths", ["../a.txt"]), ("folder", "x"), ("visibility", "private")],
                    files: [file])
            } == .refused)
    }

    @Test func `verbs of a node say how to start one`() throws {
        let layer = String(repeating: "1", count: 64)
        for (verb, arguments) in [
            ("fetch", [("layer", JSONValue.string(layer))]), ("peers", []), ("ticket", []),
            ("join", [("target", "127.0.0.1:1")]),
        ] {
            #expect(code { try home.ask(verb, arguments) } == .unreachable, "\(verb)")
        }
    }

    @Test func `find searches what was heard and says what is not here`() throws {
        let key = try home.hear(of: "poems", layer: 5)
        let results = try home.ask("find", [("text", "poem")])["results"]?.array ?? []
        #expect(results.count == 1)
        #expect(results[0]["publisher"]?.string == key.base32)
        #expect(results[0]["held"] == false && results[0]["access"] == "open")
        #expect(try home.ask("find", [("text", "prose")])["results"]?.array?.isEmpty == true)
        #expect(try home.ask("find", [("type", "lora")])["results"]?.array?.isEmpty == true)
        let layer = try #require(results[0]["layer"])
        #expect(try home.ask("show", [("layer", layer)])["held"] == false)
        #expect(code { try home.ask("files", [("layer", layer)]) } == .notFound)
        #expect(code { try home.ask("base", [("layer", layer)]) } == .notFound)
    }
}
