import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("What others told of layers")
struct RemoteSearchTests {
    private func record(
        _ seed: UInt8, _ name: String, sequence: UInt64 = 1, mirrorOf: NodeKey? = nil
    ) throws -> Record {
        let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        let content = LayerContent(
            layer: Blake3.hash(Array(name.utf8)), manifestSize: 9, type: "lora", name: name,
            version: "1.0.0", licence: "MIT", size: 7, files: 1)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: sequence, issued: 1_800_000_000_000 + sequence,
            expires: 1_800_000_900_000,
            content: mirrorOf.map { .mirror(content, publisher: $0) } ?? .layer(content))
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    @Test func `stands beside what is here, each layer once, the newest first`() throws {
        let old = try record(1, "one", sequence: 1)
        let new = try record(1, "one", sequence: 9)
        let mirror = try record(2, "one", sequence: 20, mirrorOf: new.publisher)
        let two = try record(1, "two", sequence: 5)
        let result = SearchResult(records: [new, mirror, two], asked: [], groups: 0, reached: 0)
        let search = RemoteSearch(standing: .filling, result: result)
        let own = [CatalogueAnswer.Match(record: old, number: old.order)]
        let merged = search.merged(with: own, limit: 10) { _ in true }
        #expect(merged.map(\.record.id) == [new.id, two.id])
        #expect(search.merged(with: own, limit: 1) { _ in true }.count == 1)
        let kept = search.merged(with: own, limit: 9) { $0.name == "two" }
        #expect(kept.map(\.record.id) == [two.id])
        #expect(search.holders(of: Blake3.hash(Array("one".utf8))).count == 2)
        #expect(search.json["why"]?.string == "filling")
    }
}
