import Genome
import Testing
import Wire

@testable import Store

@Suite struct AccessCoverageTests {
    private static let entry = AccessEntry(
        sequence: 1, time: 2, layer: Blake3.hash([1]), question: .object(JSONObject()), rule: nil)
    private static let bytes = JournalSegments.framed(entry.bytes)
    private static var root: Digest {
        var log = MerkleLog()
        _ = log.append(entry.bytes)
        return log.root
    }

    @Test func `a segment that is named again and again is read once`() throws {
        var coverage = AccessCoverage()
        var reads = 0
        for _ in 0..<1_000 {
            let isSound = try coverage.take(segment: 4, count: 1, root: Self.root) {
                () throws(StoreError) in
                reads += 1
                return Self.bytes
            }
            #expect(isSound)
        }
        #expect(reads == 1 && coverage.found == [4])
    }

    @Test func `two entries that say different things of a segment are no sound ones`() throws {
        var coverage = AccessCoverage()
        let read: () throws(StoreError) -> [UInt8]? = { () throws(StoreError) in Self.bytes }
        #expect(try coverage.take(segment: 1, count: 1, root: Self.root, read: read))
        #expect(!(try coverage.take(segment: 1, count: 2, root: Self.root, read: read)))
        #expect(coverage.changed == [1] && coverage.found.isEmpty)
    }

    @Test func `with no segment at hand all are past their time`() throws {
        var coverage = AccessCoverage()
        for number in [2, 3] as [UInt64] {
            try coverage.take(segment: number, count: 1, root: Self.root) {
                () throws(StoreError) in nil
            }
        }
        #expect(coverage.expired == [2, 3] && coverage.missing.isEmpty)
    }
}
