import Genome
import Testing
import Wire

@Suite("The rules of a manifest")
struct ManifestRulesTests {
    private func fault(_ change: (inout JSONObject) -> Void) -> GenomeError? {
        var object = Fixtures.plainManifest()
        change(&object)
        return Fixtures.fault { _ = try Manifest.make(object) }
    }

    private func path(of fault: GenomeError?) -> String? {
        if case .field(let path, _) = fault { path } else { nil }
    }

    @Test(
        "the short words on terms are what the expression says",
        arguments: [
            ("MIT", "open-source", true, true), ("MIT", "custom", true, false),
            ("MIT", "open-source", false, false), ("CC-BY-NC-4.0", "custom", false, true),
            ("CC-BY-NC-4.0", "open-source", false, false),
            ("LicenseRef-Mistral-Research", "research-only", false, true),
            ("LicenseRef-Mistral-Research", "commercial", false, false),
            ("LicenseRef-Our-Own", "commercial", true, true),
            ("LicenseRef-Llama-3", "custom", true, true),
        ])
    func terms(_ licence: String, _ type: String, _ isCommercial: Bool, _ isAllowed: Bool) {
        let found = fault {
            $0["licence"] = [
                "expression": .string(licence), "type": .string(type),
                "commercialUse": .bool(isCommercial),
            ]
        }
        #expect((found == nil) == isAllowed)
    }

    @Test(
        "every required member is required",
        arguments: [
            "manifest", "publisher", "type", "name", "version", "files", "licence", "visibility",
            "distribution", "provenance",
        ])
    func required(_ name: String) {
        #expect(fault { $0[name] = nil } == .field(path: name, .missing))
    }

    @Test("an unknown member is refused outside extensions")
    func unknown() {
        #expect(fault { $0["colour"] = "red" } == .field(path: "colour", .unknown))
        #expect(
            fault { $0["licence"] = ["expression": "MIT", "price": 1] }
                == .field(path: "licence.price", .unknown))
        #expect(fault { $0["extensions"] = ["colour": ["deep": [1, "red"]]] } == nil)
        #expect(path(of: fault { $0["extensions"] = [1] }) == "extensions")
    }

    @Test("floats and numbers beyond 2^53 are refused everywhere")
    func floats() {
        #expect(path(of: fault { $0["extensions"] = ["a": .double(1.5)] }) == "extensions.a")
        #expect(path(of: fault { $0["extensions"] = ["a": .integer(.max)] }) == "extensions.a")
        #expect(
            path(of: fault { $0["provenance"] = ["createdAt": .double(1.5)] })
                == "provenance.createdAt")
    }

    @Test("an unknown critical member means that a newer node is needed")
    func critical() throws {
        var object = Fixtures.plainManifest()
        object["critical"] = ["colour"]
        object["colour"] = "red"
        let manifest = try Manifest.make(object)
        #expect(!manifest.isRunnable && manifest.notUnderstood == ["colour"])
        #expect(manifest.files.count == 1)
        object["colour"] = nil
        #expect(Fixtures.fault { _ = try Manifest.make(object) } != nil)
        object["extensions"] = ["colour": "red"]
        #expect(try !Manifest.make(object).isRunnable)
        object["critical"] = ["licence"]
        #expect(try Manifest.make(object).isRunnable)
    }

    @Test("a higher version means that a newer node is needed, but the core must hold")
    func newerVersion() throws {
        var object = Fixtures.plainManifest()
        object["manifest"] = 2
        object["baseModel"] = "in another shape"
        let manifest = try Manifest.make(object)
        #expect(manifest.notUnderstood == ["manifest version 2"])
        object["files"] = [["path": "../x"]]
        #expect(path(of: Fixtures.fault { _ = try Manifest.make(object) }) == "files[0].path")
    }

    @Test("paths that leave the layer are refused", arguments: LayerPathTests.bad)
    func badPaths(_ text: String) {
        var file = Fixtures.file("a").object ?? JSONObject()
        file["path"] = .string(text)
        #expect(path(of: fault { $0["files"] = .array([.object(file)]) }) == "files[0].path")
    }

    @Test("files stand in byte order and no two are one")
    func fileOrder() {
        let unsorted: [JSONValue] = [Fixtures.file("b", 1), Fixtures.file("a", 2)]
        #expect(path(of: fault { $0["files"] = .array(unsorted) }) == "files[1]")
        let twice: [JSONValue] = [Fixtures.file("a", 1), Fixtures.file("a", 2)]
        #expect(path(of: fault { $0["files"] = .array(twice) }) == "files[1]")
        let cases: [JSONValue] = [Fixtures.file("A", 1), Fixtures.file("a", 2)]
        #expect(fault { $0["files"] = .array(cases) } == .field(path: "files", .duplicate("a")))
        let nested: [JSONValue] = [Fixtures.file("A", 1), Fixtures.file("a/b", 2)]
        #expect(path(of: fault { $0["files"] = .array(nested) }) == "files")
        let sizes: [JSONValue] = [Fixtures.file("a", 1, size: 1), Fixtures.file("b", 1, size: 2)]
        #expect(path(of: fault { $0["files"] = .array(sizes) }) == "files[1].size")
        #expect(path(of: fault { $0["files"] = [] }) == "files")
    }

    @Test("visibility, salt, terms and organisation go together")
    func visibility() {
        let salt = JSONValue.string(String(repeating: "0f", count: 16))
        #expect(fault { $0["salt"] = salt } != nil)
        #expect(fault { $0["visibility"] = "private" } == .field(path: "salt", .missing))
        #expect(
            fault {
                $0["visibility"] = "private"
                $0["salt"] = salt
                $0["licence"] = .object(JSONObject())
            } == nil)
        #expect(
            fault { $0["licence"] = .object(JSONObject()) }
                == .field(path: "licence.expression", .missing))
        #expect(path(of: fault { $0["classification"] = "restricted" }) == "visibility")
        #expect(
            path(of: fault { $0["organization"] = .string(Fixtures.publisher.publicKey.base32) })
                == "organization")
    }

    @Test("sections belong to their types")
    func sections() {
        #expect(path(of: fault { $0["memoryType"] = "semantic" }) == "memoryType")
        #expect(fault { $0["specialization"] = ["domain": "review"] } == nil)
        #expect(path(of: fault { $0["type"] = "lora" }) == "loraConfig")
        #expect(path(of: fault { $0["type"] = "assembly" }) == "assembly")
        #expect(fault { $0["type"] = "x-thing" } == nil)
        #expect(path(of: fault { $0["type"] = "thing" }) == "type")
    }

    @Test("paths and layers that sections name are there")
    func references() {
        #expect(
            path(
                of: fault {
                    $0["type"] = "memory"
                    $0["content"] = ["knowledgeBase": ["absent.txt"]]
                }) == "content.knowledgeBase")
        let layer = JSONValue.string(Fixtures.digest(1).hexadecimal)
        let other = JSONValue.string(Fixtures.digest(2).hexadecimal)
        #expect(
            path(
                of: fault {
                    $0["type"] = "assembly"
                    $0["assembly"] = [
                        "layers": [["layer": layer]],
                        "connections": [
                            ["fromLayer": layer, "toLayer": other, "connectionType": "sequential"]
                        ],
                    ]
                }) == "assembly.connections")
    }

    @Test(
        "values outside their form are refused",
        arguments: [
            ("name", "a b"), ("version", "1"), ("publisher", "x"), ("summary", ""), ("label", "A"),
            ("summary", "a\u{202e}b"), ("visibility", "secret"), ("classification", "odd"),
        ])
    func forms(_ name: String, _ value: String) {
        #expect(path(of: fault { $0[name] = .string(value) }) == name)
    }
}
