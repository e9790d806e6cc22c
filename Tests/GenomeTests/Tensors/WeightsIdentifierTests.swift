import Genome
import Testing
import Wire

@Suite("The weights id")
struct WeightsIdentifierTests {
    private func identifier(_ files: [[UInt8]]) throws -> Digest {
        var rows: [TensorTable.Row] = []
        for bytes in files {
            var hasher = TensorHasher(try TensorFixture.header(of: bytes))
            hasher.update(bytes.span.bytes)
            rows += try #require(hasher.finish())
        }
        return WeightsIdentifier.identifier(of: try TensorTable(rows))
    }

    @Test("is the documented tree")
    func documentedTree() throws {
        let prefix = Array("plasmid-weights-v1".utf8)
        let table = try TensorTable([
            TensorTableTests.row("a"), TensorTableTests.row("b"), TensorTableTests.row("c"),
        ])
        let bytes = table.encode()
        let start = TensorTable.magic.count + 1
        let length = (bytes.count - start) / 3
        let leaves = (0..<3).map { index in
            Blake3.hash(prefix + [0] + bytes[start + index * length..<start + (index + 1) * length])
        }
        let left = Blake3.hash(prefix + [1] + leaves[0].bytes + leaves[1].bytes)
        let root = Blake3.hash(prefix + [1] + left.bytes + leaves[2].bytes)
        #expect(WeightsIdentifier.identifier(of: table) == root)
        let empty = try TensorTable([])
        #expect(WeightsIdentifier.identifier(of: empty) == Blake3.hash(prefix + [2]))
    }

    @Test("survives another header, and sharding")
    func survivesSerialisation() throws {
        let text = #""a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#
        let plain = TensorFixture.file(header: "{\(text)}", dataCount: 4)
        let padded = TensorFixture.file(
            header: #"{"__metadata__":{"x":"y"}, \#(text)}   "#, dataCount: 4)
        #expect(try identifier([plain]) == identifier([padded]))
        let one = TensorFixture.file([("a", "U8", [4])])
        let other = TensorFixture.file([("b", "U8", [2, 2])])
        #expect(try identifier([one, other]) == identifier([other, one]))
        #expect(try identifier([one]) != identifier([other]))
    }
}
