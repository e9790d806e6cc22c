import Genome
import Testing

@testable import Store

@Suite struct SegmentPlanTests {
    private func file(_ tensors: [(String, String, [Int], Int)]) throws -> TensorFile {
        var place = 0
        let entries = tensors.map { name, type, shape, bytes in
            defer { place += bytes }
            return "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),"
                + "\"data_offsets\":[\(place),\(place + bytes)]}"
        }
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return try TensorFile(
            header: length + header, fileSize: UInt64(8 + header.count + place))
    }

    @Test func `segments cover every group once, whatever the cut`() throws {
        let child = try file([
            ("h.0.w", "BF16", [30, 7], 420), ("h.1.w", "BF16", [30, 7], 420),
            ("n", "F32", [5], 20), ("q", "I8", [11], 11),
        ])
        let parent = try file([
            ("n", "F32", [5], 20), ("h.1.w", "BF16", [30, 7], 420),
            ("h.0.w", "BF16", [7, 30], 420),
        ])
        let plan = SegmentPlan(child, parent: parent)
        let end = try #require(child.tensors.last?.range.upperBound)
        for size in [UInt64(1), 3, 64, 401, 5_000] {
            var position: UInt64 = 0
            while position < end {
                let group = position..<min(end, position + size)
                var next = 0
                let segments = plan.segments(of: group)
                for segment in segments.sorted(by: { $0.offset < $1.offset }) {
                    #expect(segment.offset == next && segment.length % segment.type.width == 0)
                    next += segment.length
                    // The parent's bytes are those of the same tensor, at the same place in it.
                    guard let from = segment.parent else { continue }
                    let place = group.lowerBound + UInt64(segment.offset)
                    let own = try #require(child.tensors.first { $0.range.contains(place) })
                    let other = try #require(parent.tensors.first { $0.range.contains(from) })
                    #expect(own.name == other.name && own.name != "h.0.w")
                    #expect(place - own.range.lowerBound == from - other.range.lowerBound)
                    #expect(
                        segment.phase
                            == Int(place - own.range.lowerBound) / segment.type.width
                            % segment.columns)
                }
                #expect(next == group.count)
                position = group.upperBound
            }
        }
        let whole = plan.segments(of: 0..<end)
        #expect(whole.map(\.type) == [.bf16, .bf16, .f32, .bytes, .bytes])
        #expect(whole.filter { $0.parent != nil }.count == 2)
    }

    @Test func `a role has no numbers`() {
        #expect(SegmentPlan.role("model.layers.12.q_proj.weight") == "model.layers.#.q_proj.weight")
        #expect(SegmentPlan.role("h.0.h.11") == "h.#.h.#")
    }
}
