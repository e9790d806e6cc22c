import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct ArrivedGroupTests {
    private let scratch = Scratch()
    private let layout: Layout

    init() throws { layout = try scratch.home().layout }

    private func buffer(_ bytes: [UInt8]) -> Buffer {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        buffer.store(bytes, at: 0)
        buffer.count = bytes.count
        return buffer
    }

    /// What is wrong with a coded group; nil for nothing.
    private func fault(
        _ coding: GroupCoding, _ bytes: [UInt8], count: Int, _ parents: [BlobReader] = []
    ) -> ArrivedGroup.Fault? {
        do throws(ArrivedGroup.Fault) {
            try ArrivedGroup.decode(coding, count: count, in: buffer(bytes), parents: parents)
            return nil
        } catch {
            return error
        }
    }

    @Test func `what is cut, longer or of another length is malformed`() throws {
        let reader = try ModelSample.base(blocks: 2).stored(layout).reader
        let plan = try #require(try SendPlanTests.plan(reader))
        let (_, sent, plain) = try SendPlanTests.sent(0, of: reader, plan)
        let coded = sent.bytes(0..<sent.count)
        #expect(fault(.dense, coded, count: plain.count) == nil)
        let changed = [
            (coded + [0], plain.count), (Array(coded.dropLast()), plain.count), ([], plain.count),
            (coded, plain.count - 2), (coded, plain.count + 2), ([0] + plain, plain.count - 1),
        ]
        for (bytes, count) in changed {
            guard case .malformed? = fault(.dense, bytes, count: count) else {
                Issue.record("\(bytes.count) bytes for \(count) were taken")
                continue
            }
        }
    }

    @Test func `a group that says it is dense takes nothing from parents`() throws {
        let base = ModelSample.base(blocks: 2)
        let parent = try base.stored(layout).reader
        let child = try base.tuned().stored(layout).reader
        let plan = try #require(try SendPlanTests.plan(child, parents: [parent]))
        let (coding, sent, plain) = try SendPlanTests.sent(0, of: child, plan)
        let coded = sent.bytes(0..<sent.count)
        #expect(coding == .delta && fault(.delta, coded, count: plain.count, [parent]) == nil)
        #expect(
            fault(.dense, coded, count: plain.count, [parent]) == .malformed(.parentMissing))
        #expect(fault(.delta, coded, count: plain.count) == .malformed(.parentMissing))
        let other = try ModelSample.base(blocks: 2, seed: 9).stored(layout).reader
        #expect(
            fault(.delta, coded, count: plain.count, [other])
                == .malformed(
                    .malformed("its parent is another one than it was coded against")))
        // One that is too short for what is taken.
        let short = try ModelSample.base(blocks: 1).stored(layout).reader
        #expect(
            fault(.delta, coded, count: plain.count, [short])
                == .malformed(.malformed("they draw on what no parent has")))
    }

    @Test func `parents that are kept coded are decoded`() throws {
        let base = ModelSample.base(blocks: 12)
        let stored = try base.stored(layout)
        let child = try base.tuned().stored(layout).reader
        let plan = try #require(try SendPlanTests.plan(child, parents: [stored.reader]))
        let (_, sent, plain) = try SendPlanTests.sent(1, of: child, plan)
        _ = try #require(try stored.recode(layout))
        let parent = try BlobReader(stored.reader.id, layout: layout)
        try ArrivedGroup.decode(.delta, count: plain.count, in: sent, parents: [parent])
        #expect(sent.bytes(0..<sent.count) == plain)
    }
}
