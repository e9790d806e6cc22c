import Testing

@testable import Store

@Suite struct TwinMarkTests {
    @Test func `is told for a day, with where the twin is`() throws {
        let layout = try Scratch().home().layout
        #expect(try TwinMark.read(layout) == nil)
        let mark = TwinMark(met: 1_000, places: ["10.0.0.7:4747", "[fd00::1]:4747"])
        try mark.write(layout)
        #expect(try TwinMark.read(layout) == mark)
        #expect(mark.isFresh(at: 1_000) && mark.isFresh(at: 86_400_999))
        #expect(!mark.isFresh(at: 86_401_000))
        try TwinMark(met: 7, places: []).write(layout)
        #expect(try TwinMark.read(layout) == TwinMark(met: 7, places: []))
    }

    @Test func `a damaged one is said, not passed over`() throws {
        let layout = try Scratch().home().layout
        try DurableFile.write(Array("soon".utf8), to: layout.twin)
        #expect(throws: StoreError.damaged(layout.twin)) { try TwinMark.read(layout) }
    }
}
