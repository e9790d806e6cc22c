import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct BlobCoderTests {
    private let scratch = Scratch()
    private let layout: Layout

    init() throws { layout = try scratch.home().layout }

    private func decodes(_ group: Int, of id: Digest) throws -> Int {
        let file = try CodedFile(id, layout: layout)
        let decoder = try #require(ChainDecoder())
        var bytes: [UInt8] = []
        try decoder.read(group, of: file, into: &bytes)
        return decoder.decodeCount
    }

    @Test func `a model and its child come back from coded files`() throws {
        let base = ModelSample.base(blocks: 20)
        let child = base.tuned()
        let (parent, son) = (try base.stored(layout), try child.stored(layout))
        let dense = try #require(try parent.recode(layout))
        let delta = try #require(try son.recode(layout, against: [parent.reopened(layout)]))
        #expect(dense.parents.isEmpty && dense.groups.allSatisfy { $0.cost == 1 })
        #expect(delta.parents.map(\.id) == [parent.reader.id])
        #expect(delta.groups.allSatisfy { $0.cost == 2 })
        #expect(Double(dense.size) > 1.45 * Double(dense.fileBytes))
        #expect(Double(delta.size) > 5 * Double(delta.fileBytes))
        for (blob, sample) in [(parent, base), (son, child)] {
            #expect(!Directory.exists(layout.object(blob.reader.id)))
            let reader = try BlobReader(blob.reader.id, layout: layout)
            #expect(reader.rawFile == nil && reader.size == UInt64(sample.bytes.count))
            #expect(try reader.readAll(limit: 8 << 20) == sample.bytes)
            #expect(try reader.verify() == [])
            #expect(
                try reader.bytes(1_048_570..<2_097_160)
                    == Array(sample.bytes[1_048_570..<2_097_160]))
        }
        #expect(try decodes(1, of: parent.reader.id) == 1)
        #expect(try decodes(1, of: son.reader.id) == 2)
    }

    @Test func `tensors that moved, were renamed or are of other types are found`() throws {
        var samples = CodingSamples(9)
        var base = ModelSample.base(blocks: 10)
        base.tensors.append(
            .init(name: "q", type: "I8", columns: 100, weights: samples.weights(40_000, .chance)))
        let parent = try base.stored(layout)
        var child = base
        child.note = String(repeating: "x", count: 777)
        child.tensors.reverse()
        child.tensors[3] = .init(
            name: "renamed", type: "BF16", columns: 256, weights: child.tensors[3].weights)
        let blob = try BlobImport.run(bytes: child.bytes, into: layout)
        func hashes(_ sample: ModelSample) -> [String: Digest] {
            Dictionary(
                uniqueKeysWithValues: sample.tensors.map { ($0.name, Blake3.hash($0.bytes)) })
        }
        let source = try TensorBlob(parent.reader, hashes: hashes(base))
        let son = try TensorBlob(
            try BlobReader(blob.id, layout: layout), hashes: hashes(child))
        let header = try #require(try son.recode(layout, against: [source]))
        // Nothing is new but the header.
        #expect(header.fileBytes < 4_000)
        #expect(
            try BlobReader(blob.id, layout: layout).readAll(limit: 8 << 20) == child.bytes)
    }

    @Test func `shards draw on shards, and only on those that have a tensor of theirs`() throws {
        let base = ModelSample.base(blocks: 12)
        var parts = (0..<3).map { part in
            ModelSample(tensors: Array(base.tensors[(part * 4)..<(part * 4 + 4)]))
        }
        let parents = try parts.map { try $0.stored(layout) }
        parts[1].tensors += parts[2].tensors
        let child = parts[1].tuned()
        let header = try #require(try child.stored(layout).recode(layout, against: parents))
        #expect(header.parents.map(\.id) == parents[1...].map(\.reader.id))
        #expect(Double(header.size) > 5 * Double(header.fileBytes))
        #expect(
            try BlobReader(header.id, layout: layout).readAll(limit: 8 << 20) == child.bytes)
    }

    @Test func `a chain is as deep as eight decodes of a group allow, however files are cut`()
        throws
    {
        var model = ModelSample.base(blocks: 20)
        var parent = try model.stored(layout)
        #expect(try parent.recode(layout) != nil)
        parent = try parent.reopened(layout)
        var most = 1
        var alone = 0
        for generation in 1...9 {
            model = model.tuned(3e-4, seed: UInt64(generation))
            // Every second one begins elsewhere, so that its groups lie across two of its parent.
            model.note = generation % 2 == 0 ? "" : String(repeating: "y", count: 60_000)
            let child = try model.stored(layout)
            let header = try #require(try child.recode(layout, against: [parent]))
            for (group, entry) in header.groups.enumerated() {
                let decodes = try decodes(group, of: header.id)
                #expect(decodes <= entry.cost && entry.cost <= CodedHeader.costMax)
                most = max(most, decodes)
            }
            #expect(
                try BlobReader(header.id, layout: layout).readAll(limit: 8 << 20) == model.bytes)
            alone += header.groups.count { $0.cost == 1 }
            parent = try child.reopened(layout)
        }
        // The bound is used to the full, and a group that would pass it stands alone.
        #expect(most == CodedHeader.costMax && alone > 0, "\(most) decodes, \(alone) alone")
    }

    @Test func `whoever is drawn on is coded again within what was counted on`() throws {
        let first = ModelSample.base(blocks: 9)
        let second = first.tuned(seed: 3)
        let third = second.tuned(seed: 4)
        let (one, two) = (try first.stored(layout), try second.stored(layout))
        let three = try third.stored(layout)
        // Of a parent that is raw one decode is counted, so it may become dense and no more.
        let header = try #require(try three.recode(layout, against: [two]))
        #expect(header.parents.map(\.cost) == [1] && header.groups.allSatisfy { $0.cost == 2 })
        let dense = try #require(try two.recode(layout, against: [one], costMax: 1))
        #expect(dense.parents.isEmpty)
        #expect(try decodes(0, of: three.reader.id) == 2)
        #expect(
            try BlobReader(three.reader.id, layout: layout).readAll(limit: 8 << 20)
                == third.bytes)
    }

    @Test func `what would free no block or too little stays as it is`() throws {
        let chance = try BlobImport.run(bytes: Scratch.bytes(300_000, seed: 5), into: layout)
        let blob = try TensorBlob(try BlobReader(chance.id, layout: layout))
        #expect(try blob.recode(layout) == nil)
        #expect(!BlobCoder.isWorthIt(plain: 4_096, coded: 200))
        #expect(BlobCoder.isWorthIt(plain: 4_097, coded: 200))
        #expect(!BlobCoder.isWorthIt(plain: 1 << 20, coded: 1 << 20 - 30_000))
        let text = Array(
            String(repeating: "the same words in another order, ", count: 3_000).utf8)
        let words = try BlobImport.run(bytes: text, into: layout)
        let header = try #require(
            try TensorBlob(try BlobReader(words.id, layout: layout)).recode(layout))
        #expect(header.fileBytes < 1_000)
        #expect(try BlobReader(words.id, layout: layout).readAll(limit: 1 << 20) == text)
    }
}
