import Genome
import Testing
import Wire

@Suite("A dependency")
struct LayerDependencyTests {
    private let place = LayerPlace(publisher: Fixtures.publisher.publicKey, name: "poems")

    @Test func `is written and read back`() throws {
        let all = [
            LayerDependency(.layer(Fixtures.digest(3)), kind: "requires"),
            LayerDependency(
                .named(place, try #require(VersionRange("^1.0.0"))), kind: "conflicts-with",
                isRequired: false),
        ]
        for one in all { #expect(LayerDependency(one.json) == one) }
        #expect(LayerDependency(["kind": "requires", "name": "poems"]) == nil)
        #expect(LayerDependency(["layer": .string(Fixtures.digest(3).hexadecimal)]) == nil)
    }

    @Test func `is told in a few words`() throws {
        #expect("\(LayerDependency.Target.layer(Fixtures.digest(3)))" == "layer 0303030303030303")
        let named = LayerDependency.Target.named(place, try #require(VersionRange("^1")))
        #expect("\(named)" == "\(Fixtures.publisher.publicKey.fingerprint)/poems ^1")
    }

    @Test func `of a manifest names a layer, or publisher, name and range`() throws {
        let key = JSONValue.string(Fixtures.publisher.publicKey.base32)
        let digest = JSONValue.string(Fixtures.digest(3).hexadecimal)
        func manifest(_ dependency: JSONValue) throws -> Manifest {
            var object = Fixtures.plainManifest()
            object["dependencies"] = [dependency]
            return try Manifest.make(object)
        }
        let named = try manifest([
            "publisher": key, "name": "poems", "range": "^1.0.0", "kind": "requires",
        ])
        #expect(named.dependencies.count == 1)
        #expect(try manifest(["layer": digest, "kind": "requires"]).dependencies.count == 1)
        let bad: [JSONValue] = [
            ["kind": "requires"], ["publisher": key, "name": "poems", "kind": "requires"],
            ["layer": digest, "name": "poems", "kind": "requires"],
            ["publisher": key, "name": "poems", "range": "1.x", "kind": "requires"],
        ]
        for one in bad { #expect(Fixtures.fault { _ = try manifest(one) } != nil, "\(one)") }
    }
}
