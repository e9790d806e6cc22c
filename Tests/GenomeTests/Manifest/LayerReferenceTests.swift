import Genome
import Testing
import Wire

@Suite("A reference to a layer")
struct LayerReferenceTests {
    @Test("is tried as id, handle, published name, name, prefix")
    func forms() throws {
        let layer = Fixtures.digest(0xab)
        #expect(try LayerReference.parse(layer.hexadecimal) == .layer(layer))
        let uuid = LayerUUID(of: layer)
        #expect(try LayerReference.parse(uuid.description) == .uuid(uuid))
        let published = try #require(PublishedName("lab.k7x2m4qa/notes@1.0.0"))
        #expect(try LayerReference.parse("lab.k7x2m4qa/notes@1.0.0") == .published(published))
        #expect(
            try LayerReference.parse("notes@1.0.0")
                == .named(name: "notes", version: "1.0.0", prefix: nil))
        #expect(
            try LayerReference.parse("abcdef01")
                == .named(name: "abcdef01", version: nil, prefix: "abcdef01"))
        #expect(
            try LayerReference.parse("abcdef0")
                == .named(name: "abcdef0", version: nil, prefix: nil))
    }

    @Test(
        "is refused when it has no form",
        arguments: [
            "", "a b", "a@b", "a@", "../x", "lab.k7x2m4qa/notes@x", "lab.short/notes", "a/b/c",
            "\u{1b}[2J", "LAB.k7x2m4qa/notes",
        ])
    func refuses(_ text: String) {
        #expect(
            Fixtures.fault { _ = try LayerReference.parse(text) }
                == .reference(PlainText.shown(text)))
    }

    @Test("a published name prints as it reads")
    func publishedName() throws {
        for text in ["lab.k7x2m4qa/notes@1.0.0", "k7x2m4qa/notes", "a-b.k7x2m4qa/n.1"] {
            #expect(try #require(PublishedName(text)).description == text)
        }
        let key = Fixtures.publisher.publicKey
        let name = PublishedName(label: "lab", publisher: key, name: "n", version: nil)
        #expect(PublishedName(name.description) == name)
    }
}
