import Genome
import Testing
import Wire

@Suite("The name of a tokenizer")
struct TokenizerIdentifierTests {
    private func file(_ path: String, _ byte: UInt8) throws -> LayerFile {
        LayerFile(
            path: try #require(LayerPath(path)), blob: Fixtures.digest(byte), size: 1,
            sha256: Fixtures.digest(byte))
    }

    @Test("is tokenizer.json's blob id, else a hash of the older files")
    func names() throws {
        let merges = try file("merges.txt", 1)
        let vocabulary = try file("vocab.json", 2)
        let whole = try file("tokenizer.json", 3)
        #expect(TokenizerIdentifier.identifier(of: [merges, whole]) == whole.blob)
        let older = TokenizerIdentifier.identifier(of: [vocabulary, merges])
        #expect(older == TokenizerIdentifier.identifier(of: [merges, vocabulary]))
        #expect(older != TokenizerIdentifier.identifier(of: [merges]))
        #expect(TokenizerIdentifier.identifier(of: []) == nil)
        var writer = Writer()
        writer.write(Array("plasmid-tokenizer-v1".utf8))
        writer.writeText("merges.txt")
        writer.write(merges.blob)
        #expect(TokenizerIdentifier.identifier(of: [merges]) == Blake3.hash(writer.bytes))
    }
}
