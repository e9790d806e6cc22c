import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct SendPlanTests {
    private let scratch = Scratch()
    private let layout: Layout

    init() throws { layout = try scratch.home().layout }

    /// The plan of a blob that is here.
    static func plan(_ reader: BlobReader, parents: [BlobReader] = []) throws -> SendPlan? {
        try SendPlan(size: reader.size, parents: parents) { range throws(StoreError) in
            try reader.bytes(range)
        }
    }

    /// A group of a blob as it leaves, and as it is.
    static func sent(
        _ group: Int, of reader: BlobReader, _ plan: SendPlan
    ) throws -> (coding: GroupCoding?, buffer: Buffer, plain: [UInt8]) {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        buffer.count = try reader.read(group: group, into: buffer)
        let plain = buffer.bytes(0..<buffer.count)
        return (try plan.code(group: group, in: buffer), buffer, plain)
    }

    @Test func `weights leave in two thirds of their bytes, fine-tunes in a fifth`() throws {
        let base = ModelSample.base(blocks: 20)
        let parent = try base.stored(layout).reader
        let child = try base.tuned().stored(layout).reader
        let dense = try #require(try Self.plan(child))
        let delta = try #require(try Self.plan(child, parents: [parent]))
        for group in 0..<child.groupCount {
            for (plan, coding, most) in [(dense, GroupCoding.dense, 0.69), (delta, .delta, 0.2)] {
                let sent = try Self.sent(group, of: child, plan)
                #expect(sent.coding == coding)
                #expect(Double(sent.buffer.count) < most * Double(sent.plain.count))
                try ArrivedGroup.decode(
                    coding, count: sent.plain.count, in: sent.buffer,
                    parents: coding == .delta ? [parent] : [])
                #expect(sent.buffer.bytes(0..<sent.buffer.count) == sent.plain)
            }
        }
    }

    @Test func `what would hardly be shorter leaves as it is`() throws {
        var samples = CodingSamples(3)
        let noise = ModelSample(tensors: [
            .init(name: "w", type: "F32", columns: 64, weights: samples.weights(9_984, .chance))
        ])
        let reader = try noise.stored(layout).reader
        let sent = try Self.sent(0, of: reader, try #require(try Self.plan(reader)))
        #expect(sent.coding == nil)
        #expect(sent.buffer.bytes(0..<sent.buffer.count) == sent.plain)
    }

    @Test func `files without floats have no plan, nor have files whose head is not here`() throws {
        var samples = CodingSamples(4)
        let integers = ModelSample(tensors: [
            .init(name: "w", type: "I8", columns: 64, weights: samples.weights(6_400, .trained))
        ])
        let model = ModelSample.base(blocks: 2)
        for bytes in [integers.bytes, [UInt8](repeating: 7, count: 500), [], Array("{}".utf8)] {
            let blob = try BlobImport.run(bytes: bytes, into: layout)
            #expect(try Self.plan(try BlobReader(blob.id, layout: layout)) == nil)
        }
        let missing = try SendPlan(size: UInt64(model.bytes.count)) { _ throws(StoreError) in nil }
        #expect(missing == nil)
    }

    @Test func `a blob that is kept coded leaves as it is kept`() throws {
        let base = ModelSample.base(blocks: 10)
        let stored = try base.stored(layout)
        let plan = try #require(try Self.plan(stored.reader))
        let buffer = Buffer(capacity: HashTree.groupBytes)
        #expect(try stored.reader.readCoded(group: 0, into: buffer) == nil, "it is plain")
        let (_, coded, plain) = try Self.sent(0, of: stored.reader, plan)
        _ = try #require(try stored.recode(layout))
        let reader = try BlobReader(stored.reader.id, layout: layout)
        #expect(try reader.readCoded(group: 0, into: buffer) == .dense)
        #expect(buffer.bytes(0..<buffer.count) == coded.bytes(0..<coded.count))
        try ArrivedGroup.decode(.dense, count: plain.count, in: buffer, parents: [])
        #expect(buffer.bytes(0..<buffer.count) == plain)
        // One that draws on a parent does not: the peer may not have it.
        let child = try base.tuned().stored(layout)
        _ = try #require(try child.recode(layout, against: [stored.reopened(layout)]))
        let son = try BlobReader(child.reader.id, layout: layout)
        #expect(try son.readCoded(group: 0, into: buffer) == nil)
    }
}
