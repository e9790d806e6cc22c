import Foundation
import Genome
import Store
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// The schemas that the program prints, held by PyPI `jsonschema` against what it signs.
    @Suite("The schemas of documents", .serialized)
    struct SchemaCommandTests {
        private static let hasJudge: Bool = {
            guard let python = Judges.python, let laboratory = try? Laboratory() else {
                return false
            }
            let program = try? Program(python, ["-c", "import jsonschema"], in: laboratory.path)
            return program?.wait().code == 0
        }()
        private let laboratory: Laboratory
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
        }

        @Test func `are listed, and printed by name`() throws {
            let names = try node.ask("schema")["names"]?.array ?? []
            for name in ["layer", "lora", "assembly", "statement", "grant", "sections", "record"] {
                #expect(names.contains(.string(name)))
            }
            let printed = try node.spawn(["schema", "lora"]).wait()
            let value = try JSONParser.parse(
                Array(printed.out.utf8), limits: JSONLimits(bytes: 1 << 20))
            #expect(try value == node.ask("schema", "lora"))
            try node.refused("usage", exit: 2, "schema", "poem")
        }

        @Test(
            .enabled(if: hasJudge, "PyPI jsonschema is missing: bootstrap/judges"))
        func `pass what a node signs, and refuse it with a member changed`() throws {
            var documents: [JSONValue] = []
            for (name, json) in try signed() {
                documents.append(["schema": .string(name), "taken": true, "json": json])
            }
            #expect(documents.count >= 10)
            let before = documents
            // Each with a member that nothing knows, and with one of another type.
            for document in before {
                for (member, value) in [("surprise", JSONValue.integer(1)), ("publisher", 7)] {
                    var json = document["json"]?.object ?? JSONObject()
                    json[member] = value
                    documents.append([
                        "schema": document["schema"] ?? .null, "taken": false,
                        "json": .object(json),
                    ])
                }
            }
            var schemas = JSONObject()
            for name in JSONSchema.names { schemas[name] = try node.ask("schema", name) }
            let input: JSONValue = ["schemas": .object(schemas), "documents": .array(documents)]
            let file = try laboratory.write(
                "input.json", String(decoding: CanonicalJSON.write(input), as: UTF8.self))
            let judge = try Program(
                "/bin/sh",
                [
                    "-c", #""$0" "$1" < "$2""#, try #require(Judges.python),
                    Judges.script("schemas.py"), file,
                ], in: laboratory.path
            ).wait()
            #expect(judge.code == 0, "\(judge.out) \(judge.error)")
            #expect(judge.json["missed"] == 0, "\(judge.out)")
            #expect(judge.json["documents"]?.integer == Int64(documents.count))
        }

        /// Manifests and statements that a node has made, by the name of their schema.
        private func signed() throws -> [(String, JSONValue)] {
            let base = try layer(node.share(LearningSample.base, ["--type", "foundation"]))
            let adapter = try layer(
                node.share(
                    LearningSample.adapter, ["--type", "lora", "--base", base, "--name", "poems"]))
            try laboratory.write("notes/r.jsonl", #"{"text":"High water is at noon."}"# + "\n")
            try laboratory.write(
                "notes/plasmid.json",
                #"{"memoryType":"episodic","content":{"experienceDatabase":["r.jsonl"]}}"#)
            let memory = try layer(node.share("\(laboratory.path)/notes"))
            try laboratory.write(
                "shy/plasmid.json",
                #"{"type":"communication","style":{"communicationStyle":"formal"}}"#)
            let shy = try layer(
                node.share("\(laboratory.path)/shy", ["--type", "communication"]))
            try laboratory.write(
                "tides/plasmid.json",
                #"{"type":"specialization","specialization":{"domain":"tides"}}"#)
            let tides = try layer(
                node.share(
                    "\(laboratory.path)/tides",
                    ["--type", "specialization", "--visibility", "whitelist"]))
            let whole = try layer(
                node.ask(
                    "assemble", "--name", "whole", "--layer", adapter, "--layer", memory,
                    "--visibility", "public", "--licence", "Apache-2.0"))
            let other = try #require(laboratory.node("b").ask("init")["node"]?.string)
            try node.ask("grant", tides, other)
            try node.ask("verify", adapter, "--level", "thorough")
            try node.ask("verify", shy, "--certify", "is shy")
            try node.ask("withdraw", memory, "--reason", "an error")
            let layers = [base, adapter, memory, shy, tides, whole]
            var found: [(String, JSONValue)] = []
            let service = try Access.service(node.home)
            for text in layers {
                let layer = try #require(Digest(hexadecimal: text))
                found.append(("layer", .object(try service.heldManifest(layer).json)))
                for bytes in try service.library.index.statements(about: layer) {
                    let envelope = try Envelope.decode(
                        bytes, payloadMax: StatementSchema.bytesMax)
                    let value = try JSONParser.parse(
                        envelope.payload, limits: JSONLimits(bytes: StatementSchema.bytesMax))
                    found.append(("statement", value))
                }
            }
            return found
        }

        private func layer(_ answer: JSONValue) throws -> String {
            try #require(answer["layer"]?.string)
        }
    }
}
