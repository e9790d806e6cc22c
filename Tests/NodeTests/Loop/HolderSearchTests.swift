import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("The search for holders")
struct HolderSearchTests {
    private let home: HomeFixture
    private let layer = Digest(words: (5, 2, 3, 4))

    init() throws { home = try HomeFixture() }

    private func search() throws -> LayerHolders {
        try HolderSearch(
            catalogue: home.service.catalogue, node: home.service.keys.node.publicKey
        ).holders(of: layer)
    }

    @Test func `finds nobody where nothing was heard`() throws {
        let found = try search()
        #expect(found.descriptions.isEmpty && found.holders.isEmpty)
    }

    @Test func `names the publisher and the mirrors, each once`() throws {
        let publisher = try home.hear(of: "poems", layer: 5, from: 9)
        let mirror = try home.hear(of: "poems", layer: 5, from: 10, mirrorOf: publisher)
        _ = try home.hear(of: "other", layer: 6, from: 11)
        let found = try search()
        #expect(found.holders.map(\.node) == [publisher, mirror])
        #expect(found.descriptions.map(\.publisher) == [publisher, publisher])
        #expect(found.descriptions.map(\.source) == [publisher, mirror])
        #expect(found.holders.flatMap(\.endpoints).isEmpty)
    }

    @Test func `store errors keep their kind`() {
        #expect(StoreProblem(StoreError.quota(bytes: 2, available: 1)).kind.rawValue == "quota")
        #expect(StoreProblem(StoreError.damaged("x")).kind.rawValue == "corrupt")
        #expect(StoreProblem(StoreError.missing("x")).kind.rawValue == "internal")
    }
}
