import Testing
import Wire

@testable import Store

@Suite struct MerkleLogTests {
    /// RFC 6962 §2.1 as it is written.
    private func root(_ entries: ArraySlice<[UInt8]>) -> Digest {
        if entries.isEmpty { return Sha256.hash([]) }
        if entries.count == 1 { return MerkleLog.leafHash(entries[entries.startIndex]) }
        var left = 1
        while left * 2 < entries.count { left *= 2 }
        let middle = entries.startIndex + left
        return MerkleLog.nodeHash(root(entries[..<middle]), root(entries[middle...]))
    }

    @Test func `the root is that of the RFC for every count`() {
        var log = MerkleLog()
        var entries: [[UInt8]] = []
        #expect(log.root == root([]))
        for number in 0..<600 {
            entries.append([UInt8(number & 255), UInt8(number >> 8)])
            _ = log.append(entries[number])
            if number < 40 || number % 37 == 0 || number > 505 && number < 520 {
                #expect(log.root == root(entries[...]), "\(number + 1) entries")
            }
        }
        #expect(log.partialTiles.map(\.hashes.count) == [600 - 512, 2])
    }

    @Test func `full tiles come when they are full, on every level`() {
        var log = MerkleLog()
        var tiles: [MerkleLog.Tile] = []
        for number in 0..<65_536 + 256 {
            tiles += log.append([UInt8(number & 255), UInt8(number >> 8 & 255)])
        }
        #expect(tiles.filter { $0.level == 0 }.map(\.index) == Array(0..<257))
        #expect(tiles.filter { $0.level == 1 }.map(\.index) == [0])
        #expect(log.edge.map(\.count) == [0, 1, 1])
    }
}
