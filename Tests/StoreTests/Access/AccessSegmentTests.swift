import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct AccessSegmentTests {
    @Test func `a segment opened again knows where it stands`() throws {
        let layout = try Scratch().home().layout
        var segment = try AccessSegment(7, layout)
        #expect(segment.last == nil && segment.begun == nil && segment.end == 0)
        for sequence: UInt64 in 3...5 {
            try segment.append(
                AccessEntry(
                    sequence: sequence, time: 100 + sequence, layer: Blake3.hash([1]),
                    question: [], rule: nil))
        }
        // What another process left is synced where that is asked for.
        var again = try AccessSegment(7, layout)
        let (usual, always) = (try again.sync(), try again.sync(always: true))
        #expect(!usual && always)
        #expect(again.last == 5 && again.begun == 103 && again.end == segment.end)
        #expect(again.log == segment.log && again.log.count == 3)
        #expect(try AccessSegment.numbers(layout) == [7])
    }

    @Test func `a salt is made once, and never for entries that were hidden under another`() throws
    {
        let layout = try Scratch().home().layout
        var segment = try AccessSegment(1, layout)
        let salt = try segment.salt(layout)
        #expect(salt?.count == 32)
        #expect(try segment.salt(layout) == salt)
        try segment.append(
            AccessEntry(
                sequence: 1, time: 1, layer: Blake3.hash([1]), question: [], rule: nil))
        try Directory.removeFile(AccessSegment.path(1, layout, "salt"))
        #expect(try segment.salt(layout) == nil)
    }
}
