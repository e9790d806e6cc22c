import Host
import Testing

@testable import Store

@Suite struct RestoredMarkTests {
    @Test func `is kept for a week, or for ever once the twin was met`() throws {
        let layout = try Scratch().home().layout
        #expect(try RestoredMark.read(layout, now: 5) == nil)
        var mark = RestoredMark(restored: 1_000)
        try mark.write(layout)
        let week = RestoredMark.watchMilliseconds
        #expect(try RestoredMark.read(layout, now: 1_000 + week) == mark)
        #expect(try RestoredMark.read(layout, now: 1_001 + week) == nil)
        mark.met = 2_000
        try mark.write(layout)
        #expect(try RestoredMark.read(layout, now: 1_000_000 + week) == mark)
        try RestoredMark.remove(layout)
        try RestoredMark.remove(layout)
        #expect(try RestoredMark.read(layout, now: 5) == nil)
    }

    @Test func `a damaged one is said, not passed over`() throws {
        let layout = try Scratch().home().layout
        try DurableFile.write(Array("soon".utf8), to: layout.restored)
        #expect(throws: StoreError.damaged(layout.restored)) {
            try RestoredMark.read(layout, now: 5)
        }
    }
}
