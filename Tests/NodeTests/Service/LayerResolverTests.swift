import Genome
import Testing
import Wire

@testable import Node

@Suite("Names of layers")
struct LayerResolverTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private func resolve(_ text: String) throws -> String {
        try LayerResolver(service: home.service).resolve(text).hexadecimal
    }

    private func code(_ text: String) -> Failure.Code? {
        do {
            _ = try LayerResolver(service: home.service).resolve(text)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `an own layer is found by id, UUID, reference, name and prefix`() throws {
        let shared = try home.share("notes")
        let layer = try #require(shared["layer"]?.string)
        let reference = try #require(shared["ref"]?.string)
        let uuid = try #require(shared["uuid"]?.string)
        let bare = String(reference.prefix { $0 != "@" })
        for text in [layer, uuid, reference, bare, "notes", "notes@1.0.0"] {
            #expect(try resolve(text) == layer, "\(text)")
        }
        #expect(try resolve(String(layer.prefix(8))) == layer)
        #expect(code("notes@2.0.0") == .notFound)
        #expect(code("00000000") == .notFound)
        #expect(code("not a name") == .usage)
    }

    @Test func `a name without a version means the highest release`() throws {
        try home.share("notes", version: "1.9.0", text: "1")
        let high = try home.share("notes", version: "1.10.0", text: "2")["layer"]?.string
        try home.share("notes", version: "2.0.0-rc.1", text: "3")
        #expect(try resolve("notes") == high)
    }

    @Test func `a stranger's name needs trust, and two trusted ones are refused`() throws {
        let first = try home.hear(of: "poems", layer: 5, from: 9)
        #expect(code("poems") == .refused)
        try home.ask("trust", [("key", .string(first.base32))])
        #expect(try resolve("poems") == Digest(words: (5, 2, 3, 4)).hexadecimal)
        let second = try home.hear(of: "poems", layer: 6, from: 10)
        #expect(try resolve("poems") == Digest(words: (5, 2, 3, 4)).hexadecimal)
        try home.ask("trust", [("key", .string(second.base32))])
        #expect(code("poems") == .refused)
        let full = "\(second.fingerprint)/poems"
        #expect(try resolve(full) == Digest(words: (6, 2, 3, 4)).hexadecimal)
        try home.ask("trust", [("key", .string(second.base32)), ("trusted", false)])
        #expect(try resolve("poems") == Digest(words: (5, 2, 3, 4)).hexadecimal)
    }

    @Test func `a full id needs no record, a prefix needs to be the only one`() throws {
        let unknown = String(repeating: "a", count: 64)
        #expect(try resolve(unknown) == unknown)
        let base = Digest(words: (5, 2, 3, 4)).hexadecimal
        _ = try home.hear(of: "one", layer: 5, from: 9)
        #expect(try resolve(String(base.prefix(16))) == base)
    }
}
