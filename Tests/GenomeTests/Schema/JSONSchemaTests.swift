import Foundation
import Testing
import Wire

@testable import Genome

/// The schemas that are shipped, held against this program's own checks by PyPI `jsonschema`.
@Suite("The JSON Schemas")
struct JSONSchemaTests {
    private static let isThere = Judge.has("jsonschema")

    @Test func `have names, and each is a schema of its own`() {
        #expect(Set(JSONSchema.names).count == JSONSchema.names.count)
        for name in JSONSchema.names {
            let schema = JSONSchema.named(name)
            #expect(schema?["$id"]?.string == "urn:plasmid:schema:\(name)")
            #expect(schema?["$defs"]?["free"] != nil)
        }
        #expect(JSONSchema.named("poem") == nil)
        #expect(JSONSchema.files.allSatisfy { JSONSchema.names.contains($0) })
    }

    // MARK: Samples

    /// True manifests: one of each type, with every section that it may have.
    static func manifests() throws -> [JSONObject] {
        let hash = Fixtures.digest(5).hexadecimal
        let blob: JSONValue = ["blob": .string(hash), "size": 7]
        let example = try WorkedExample().result.manifest.json
        func plain(_ type: String, _ more: JSONValue) -> JSONObject {
            var object = Fixtures.plainManifest()
            object["type"] = .string(type)
            for member in more.object?.members ?? [] { object[member.name] = member.value }
            return object
        }
        let decoding: JSONValue = ["temperature": "0.5", "topK": 40, "maxTokens": 9]
        var closed = plain("x-odd", ["visibility": "organization", "classification": "internal"])
        closed["salt"] = .string(String(repeating: "0a", count: 16))
        closed["organization"] = .string(Fixtures.publisher.publicKey.base32)
        return [
            example, closed,
            plain(
                "foundation",
                [
                    "architecture": ["modelType": "llama", "layers": 2, "graph": .string(hash)],
                    "baseModel": ["family": "llama", "contextWindow": 64],
                    "pretraining": ["cutoffDate": "2025-06", "languages": ["en", "pt-BR"]],
                    "weights": [
                        "id": .string(hash), "table": blob, "files": ["notes.txt"],
                    ],
                ]),
            plain(
                "memory",
                [
                    "memoryType": "semantic", "content": ["knowledgeBase": ["notes.txt"]],
                    "storage": ["capacity": 9, "retrievalMechanism": "x-magic"],
                    "dependencies": [
                        ["kind": "requires", "layer": .string(hash), "strength": "0.5"],
                        [
                            "kind": "conflicts-with", "name": "other", "range": "^1.2.0 || ~2",
                            "publisher": .string(Fixtures.publisher.publicKey.base32),
                        ],
                    ],
                ]),
            plain(
                "specialization",
                [
                    "decoding": decoding, "extensions": ["a": ["b": [1, "c", .null]]],
                    "specialization": [
                        "domain": "tides",
                        "tools": [["name": "t", "parameters": ["type": "object"]]],
                    ],
                ]),
            plain(
                "communication",
                ["decoding": decoding, "style": ["communicationStyle": "formal"]]),
            plain(
                "assembly",
                [
                    "files": [],
                    "assembly": [
                        "layers": [["layer": .string(hash), "weight": "-0.5"]],
                        "persona": ["identity": "Ada"],
                    ],
                ]),
        ]
    }

    /// True statements, one of several kinds.
    static func statements() throws -> [JSONObject] {
        let key = Fixtures.publisher.publicKey
        let bodies: [(StatementKind, JSONValue)] = [
            (.visibility, ["visibility": "private"]), (.withdrawal, ["reason": "an error"]),
            (.grant, ["grantee": .string(key.base32), "commands": ["read", "run"]]),
            (.feedback, ["rating": 4]), (.review, ["verdict": "approved"]),
            (
                .measurement,
                ["task": "poems", "figures": [["metric": "loss", "value": "1.25"]]]
            ),
            (.attestation, ["claim": "certified", "result": "passed", "procedure": "looked"]),
            (.evolution, ["event": "pruned", "from": .string(Fixtures.digest(2).hexadecimal)]),
            (.economicModel, ["pricing": "free"]), (.acceptance, ["licence": "MIT"]),
            (.contribution, ["contributor": "Ada", "role": "data"]),
        ]
        return try bodies.map { kind, body in
            let made = try Statement.make(
                kind: kind, layer: Fixtures.digest(1), publisher: key, sequence: 1, issued: 5,
                body: body.object ?? JSONObject())
            let value = try Fixtures.parse(String(decoding: made.bytes, as: UTF8.self))
            return try #require(value.object)
        }
    }

    // MARK: Before the judge

    /// Whether this program takes a document.
    private func takes(_ name: String, _ object: JSONObject) -> Bool {
        let bytes = CanonicalJSON.write(object)
        switch name {
        // What a newer node is needed for is kept, and no schema of this version knows it.
        case "layer": return (try? Manifest.make(object))?.isRunnable ?? false
        case "statement": return (try? Statement.decode(bytes)) != nil
        case "record": return (try? MemoryRecord(line: bytes)) != nil
        default: return (try? LayerSections(bytes)) != nil
        }
    }

    @Test(
        "refuse nothing that is taken, and most of what is not",
        .enabled(if: isThere, "PyPI jsonschema is not there; bootstrap/judges installs it"))
    func judged() throws {
        var draw = LicenceDraw(seed: 11)
        var lines: [JSONValue] = []
        var wrong = 0
        func add(_ name: String, _ object: JSONObject) {
            let isTaken = takes(name, object)
            if !isTaken { wrong += 1 }
            lines.append([
                "schema": .string(name), "taken": .bool(isTaken), "json": .object(object),
            ])
        }
        let record = try #require(
            try Fixtures.parse(#"{"text":"a\nb","importance":0.5,"time":5,"vector":[1,-0.5]}"#)
                .object)
        let samples =
            try Self.manifests().map { ("layer", $0) } + Self.statements().map { ("statement", $0) }
            + [("record", record)]
        for (name, sample) in samples {
            #expect(takes(name, sample), "\(sample)")
            add(name, sample)
            for _ in 0..<60 { add(name, Broken.changed(sample, &draw)) }
        }
        #expect(wrong > 500)
        let schemas = JSONObject(
            JSONSchema.names.map { name in
                .init(name: name, value: .object(JSONSchema.named(name) ?? JSONObject()))
            })
        let input: JSONValue = ["schemas": .object(schemas), "documents": .array(lines)]
        let verdict = try Judge.run("schemas.py", [], input: CanonicalJSON.write(input))
        #expect(verdict.status == 0, "\(verdict.words)")
        let found = try Fixtures.parse(verdict.words)
        let missed = try #require(found["missed"]?.integer)
        #expect(missed * 5 < wrong, "of \(wrong) broken ones \(missed) pass: \(found)")
    }
}

/// Documents with one thing changed somewhere.
private enum Broken {
    static func changed(_ object: JSONObject, _ draw: inout LicenceDraw) -> JSONObject {
        changed(.object(object), &draw).object ?? object
    }

    private static func changed(_ value: JSONValue, _ draw: inout LicenceDraw) -> JSONValue {
        switch value {
        case .object(var object) where !object.isEmpty:
            let name = draw.one(of: object.names)
            switch draw.number(6) {
            case 0: object[name] = nil
            case 1: object["surprise"] = 1
            case 2: object[name] = other(&draw)
            default: object[name] = object[name].map { changed($0, &draw) }
            }
            return .object(object)
        case .array(let list) where !list.isEmpty:
            var list = list
            let place = draw.number(list.count)
            switch draw.number(4) {
            case 0: list.append(list[place])
            case 1: list.remove(at: place)
            default: list[place] = changed(list[place], &draw)
            }
            return .array(list)
        case .string(let text):
            return draw.one(of: [
                .string(text + "\u{1b}"), .string(text + "é"), "", 1, .string(text.uppercased()),
                .string(String(repeating: text + "x", count: 600)),
                .string(String(text.dropLast())),
            ])
        case .integer(let number):
            return draw.one(of: [
                .integer(-number - 1), .integer(1 << 60), "1", .integer(number + 1),
            ])
        default: return other(&draw)
        }
    }

    private static func other(_ draw: inout LicenceDraw) -> JSONValue {
        draw.one(of: [.null, true, 7, -1, "word", [], [:], ["a", "a"], ["a": 1], .double(0.5)])
    }
}
