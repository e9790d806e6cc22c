import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct TileReaderTests {
    @Test func `subtrees come out of full and unfinished tiles, and damage is told`() throws {
        let layout = try Scratch().home().layout
        let journal = try Journal(layout, key: Fixture.key(7))
        _ = try journal.append(
            (0..<300).map { .policy(name: "n", value: "\($0)") }, time: 1)
        let leaves = try journal.replay(after: 0).map { MerkleLog.leafHash($0.bytes) }
        let log = journal.state.withLock { $0.log }
        var reader = TileReader(layout, log)
        let s0x7 = try reader.subtree(0, 7)
        #expect(s0x7 == leaves[7])
        let s0x299 = try reader.subtree(0, 299)
        #expect(s0x299 == leaves[299])
        let s1x3 = try reader.subtree(1, 3)
        #expect(s1x3 == MerkleLog.nodeHash(leaves[6], leaves[7]))
        var whole = MerkleLog()
        for event in try journal.replay(after: 0).prefix(256) { _ = whole.append(event.bytes) }
        let s8x0 = try reader.subtree(8, 0)
        #expect(s8x0 == whole.root)
        do throws(StoreError) {
            _ = try reader.subtree(0, 300)
            Issue.record("an entry that is not there has a hash")
        } catch {
            #expect("\(error)".contains("too short"))
        }
        try DurableFile.write([1, 2, 3], to: JournalTiles.path(level: 0, index: 0, layout))
        var other = TileReader(layout, log)
        do throws(StoreError) {
            _ = try other.subtree(0, 7)
            Issue.record("a damaged tile has hashes")
        } catch {
            #expect("\(error)".contains("too short"))
        }
    }
}
