import Testing
import Wire

@testable import Store

@Suite struct JournalTilesTests {
    @Test func `tiles are named in groups of three digits`() {
        #expect(JournalTiles.name(of: 0) == "000")
        #expect(JournalTiles.name(of: 67) == "067")
        #expect(JournalTiles.name(of: 1_234_067) == "x001/x234/067")
        let layout = Layout(home: "/h")
        let half = MerkleLog.Tile(level: 1, index: 3, hashes: [Blake3.hash([])])
        #expect(JournalTiles.path(half, layout) == "/h/journal/tile/1/003.p/1")
    }
}
