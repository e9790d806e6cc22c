import Testing
import Wire

@Suite struct GroupLayerTests {
    private let bytes = Pattern.bytes(2 << 20 + 40_000)

    private func summary() -> TreeHasher.Summary {
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        return hasher.finish()
    }

    @Test func `a layer with any bit flipped is refused`() throws {
        let good = summary()
        _ = try GroupLayer(id: good.id, size: good.size, values: good.groupValues)
        for position in good.groupValues.indices {
            var values = good.groupValues
            values[position] ^= 1 << UInt8(position % 8)
            #expect(throws: WireError.notAuthentic("group layer")) {
                try GroupLayer(id: good.id, size: good.size, values: values)
            }
        }
    }

    @Test func `a layer with a group too few or too many is refused`() {
        let good = summary()
        #expect(throws: WireError.invalid("group count")) {
            try GroupLayer(
                id: good.id, size: good.size, values: Array(good.groupValues.dropLast(32)))
        }
        #expect(throws: WireError.invalid("group count")) {
            try GroupLayer(id: good.id, size: good.size, values: good.groupValues + good.id.bytes)
        }
        #expect(throws: WireError.tooLarge("blob size")) {
            try GroupLayer(id: good.id, size: Limits.blobBytesMax + 1, values: good.groupValues)
        }
    }

    @Test func `a group matches with its leaf values and no other bytes do`() throws {
        let good = summary()
        let layer = try GroupLayer(id: good.id, size: good.size, values: good.groupValues)
        for group in 0..<layer.count {
            let range = HashTree.groupRange(group, size: layer.size)
            let part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            let leaves = HashTree.leaves(ofGroup: group, size: layer.size)
            let expected = Array(
                good.leafValues[leaves.lowerBound * 32..<leaves.upperBound * 32])
            #expect(layer.leafValues(ifMatching: part.span.bytes, at: group) == expected)
            #expect(layer.matches(leafValues: expected, at: group))
            #expect(layer.leafValues(ifMatching: part.span.bytes, at: group + 1) == nil)
            let short = part.span.bytes.extracting(0..<part.count - 1)
            #expect(layer.leafValues(ifMatching: short, at: group) == nil)
            for position in stride(from: 0, to: part.count, by: 39_973) {
                var damaged = part
                damaged[position] ^= 0x80
                #expect(layer.leafValues(ifMatching: damaged.span.bytes, at: group) == nil)
            }
        }
    }

    @Test(arguments: [0, 1, 16_384, 16_385, 1 << 20])
    func `the only group of a small blob hashes to the blob id itself`(size: Int) throws {
        let small = Array(bytes[0..<size])
        let id = Blake3.hash(small)
        let layer = try #require(GroupLayer(singleGroup: id, size: UInt64(size)))
        #expect(layer == (try GroupLayer(id: id, size: UInt64(size), values: id.bytes)))
        #expect(layer.leafValues(ifMatching: small.span.bytes, at: 0) != nil)
        #expect(GroupLayer(singleGroup: id, size: 1 << 20 + 1) == nil)
    }
}
