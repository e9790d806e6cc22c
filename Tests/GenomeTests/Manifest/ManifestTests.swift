import Genome
import Testing
import Wire

@Suite("A manifest")
struct ManifestTests {
    @Test("tells what it is and comes back from its bytes")
    func decodes() throws {
        let manifest = try Fixtures.manifest()
        #expect(manifest.name == "notes" && manifest.version.text == "1.0.0")
        #expect(manifest.publisher == Fixtures.publisher.publicKey)
        #expect(manifest.visibility == .public && manifest.isRunnable)
        #expect(manifest.files.map(\.path.text) == ["notes.txt"])
        #expect(manifest.size == 10)
        #expect(manifest.licence?.description == "Apache-2.0")
        #expect(manifest.reference.description.hasSuffix("/notes@1.0.0"))
        let again = try Manifest.decode(manifest.bytes)
        #expect(again.layer == manifest.layer)
        #expect(manifest.uuid.names(manifest.layer))
    }

    @Test("any changed byte is another layer or no layer")
    func everyByteCounts() throws {
        let manifest = try Fixtures.manifest()
        for index in manifest.bytes.indices {
            var bytes = manifest.bytes
            bytes[index] ^= 1
            if let other = try? Manifest.decode(bytes) { #expect(other.layer != manifest.layer) }
        }
    }

    @Test("is accepted only signed by the publisher it names")
    func needsSignature() throws {
        let manifest = try Fixtures.manifest()
        let type = Manifest.payloadType
        let good = Envelope.signed(manifest.bytes, type: type, by: Fixtures.publisher)
        #expect(try Manifest.verified(in: good).layer == manifest.layer)
        let forged = Envelope.signed(manifest.bytes, type: type, by: Fixtures.key(filledWith: 9))
        #expect(
            Fixtures.fault { _ = try Manifest.verified(in: forged) }
                == .envelope(.notSigned(by: manifest.publisher)))
        let mislabelled = Envelope.signed(manifest.bytes, type: "x", by: Fixtures.publisher)
        #expect(
            Fixtures.fault { _ = try Manifest.verified(in: mislabelled) }
                == .envelope(.otherType("x")))
    }

    @Test("other spellings of the same members are refused")
    func needsCanonicalBytes() throws {
        let text = String(decoding: try Fixtures.manifest().bytes, as: UTF8.self)
        let fault = Fixtures.fault { _ = try Manifest.decode(Array((text + "\n").utf8)) }
        #expect(fault == .notCanonical("manifest"))
        #expect(Fixtures.fault { _ = try Manifest.decode(Array("[]".utf8)) } != nil)
        let long = [UInt8](repeating: 0x20, count: ManifestSchema.bytesMax + 1)
        #expect(
            Fixtures.fault { _ = try Manifest.decode(long) }
                == .tooLarge(what: "manifest", limit: ManifestSchema.bytesMax))
    }

    @Test("a member twice is refused")
    func refusesDuplicates() throws {
        let text = String(decoding: try Fixtures.manifest().bytes, as: UTF8.self)
        let doubled = text.replacing(#""name":"notes""#, with: #""name":"notes","name":"other""#)
        let fault = Fixtures.fault { _ = try Manifest.decode(Array(doubled.utf8)) }
        guard case .json(_, .duplicateName("name")) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test("evidence is not fetched unasked")
    func evidence() throws {
        var object = Fixtures.plainManifest()
        var run = Fixtures.file("run.json", 9).object ?? JSONObject()
        run["evidence"] = true
        object["files"] = .array([Fixtures.file("notes.txt"), .object(run)])
        let manifest = try Manifest.make(object)
        #expect(manifest.blobs.count == 2)
        #expect(manifest.blobsToFetch.map(\.blob) == [Fixtures.digest(1)])
    }

    @Test func `names everything it was made from, with the terms it states`() throws {
        var object = Fixtures.plainManifest()
        let hash = Fixtures.digest(5).hexadecimal
        object["classification"] = "public"
        object["base"] = [
            "layer": .string(hash), "weights": .string(hash), "graph": .string(hash),
        ]
        object["provenance"] = [
            "createdAt": 1_760_000_000, "parentLayers": [["layer": .string(hash)]],
            "trainingData": [
                ["name": "corpus", "licence": "CC-BY-NC-4.0"], ["name": "own"],
                ["name": "both", "licence": "MIT", "layer": .string(hash)],
            ],
        ]
        let manifest = try Manifest.make(object)
        let roles = manifest.licenceLinks.map(\.role)
        #expect(roles == [.base, .parent, .data, .data, .data, .data])
        let answer = LicencePropagation { _ in nil }.check(manifest.licenceChild())
        #expect(answer.refusal?.origin == "nonCommercial via dataset corpus")
        #expect(answer.unverified.contains("dataset own"))
        let stranger = Fixtures.key(filledWith: 2).publicKey
        #expect(manifest.licenceSource(for: stranger).label == "notes@1.0.0")
        #expect(manifest.widestChild(of: stranger) == .public)
    }

    @Test func `a model that carries its data is bound like them, one that only learned is not`()
        throws
    {
        func answer(_ files: [(path: String, byte: UInt8)]) throws -> LicenceAnswer {
            var object = Fixtures.plainManifest()
            object["type"] = "foundation"
            object["weights"] = [
                "id": .string(Fixtures.digest(7).hexadecimal), "files": ["w.safetensors"],
                "table": ["blob": .string(Fixtures.digest(8).hexadecimal), "size": 5],
            ]
            object["provenance"] = [
                "createdAt": 1_760_000_000,
                "trainingData": [
                    [
                        "name": "corpus", "licence": "ODbL-1.0",
                        "blob": .string(Fixtures.digest(2).hexadecimal), "size": 10,
                    ]
                ],
            ]
            object["files"] = .array(
                files.map { file in
                    var entry = Fixtures.file(file.path, file.byte).object ?? JSONObject()
                    if file.byte != 1 { entry["evidence"] = true }
                    return .object(entry)
                } + [Fixtures.file("w.safetensors")])
            return LicencePropagation { _ in nil }.check(
                try Manifest.make(object).licenceChild())
        }
        #expect(try answer([("run/recipe.json", 9)]).refusal == nil)
        // By the bytes that it names as training data, or by where a run keeps them.
        for path in ["notes.jsonl", "run/data/0.jsonl"] {
            #expect(try answer([(path, 2)]).refusal != nil, "\(path)")
        }
        #expect(try answer([("run/data/0.jsonl", 9)]).refusal != nil)
    }

    @Test(
        "its classification bounds what is made from it",
        arguments: [
            ("internal", Visibility.organization), ("confidential", .whitelist),
            ("restricted", .private), (nil, .private),
        ] as [(String?, Visibility)])
    func widest(_ classification: String?, _ widest: Visibility) throws {
        var object = Fixtures.plainManifest()
        object["visibility"] = "private"
        object["salt"] = .string(String(repeating: "0", count: 32))
        object["classification"] = classification.map { .string($0) }
        let manifest = try Manifest.make(object)
        #expect(manifest.widestChild(of: Fixtures.key(filledWith: 2).publicKey) == widest)
        let own = manifest.widestChild(of: manifest.publisher)
        #expect(own == (classification == nil ? .public : widest))
    }
}
