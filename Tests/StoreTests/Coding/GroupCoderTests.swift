import Testing

@testable import Store

@Suite struct GroupCoderTests {
    private let coder: GroupCoder

    init() throws { coder = try #require(GroupCoder()) }

    private func whole(
        _ bytes: [UInt8], _ type: ElementType, columns: Int = 0, phase: Int = 0,
        parent: UInt64? = nil
    ) -> [CodedSegment] {
        [
            CodedSegment(
                offset: 0, length: bytes.count, type: type, columns: columns, phase: phase,
                parent: parent)
        ]
    }

    @Test(arguments: ElementType.allCases, CodingSamples.Kind.allCases)
    func `whatever is coded comes back`(_ type: ElementType, _ kind: CodingSamples.Kind) throws {
        var samples = CodingSamples(7)
        for count in [1, 2, 3, 63, 64, 127, 129, 1_000, 4_097, 30_000, 100_003] {
            let bytes = CodingSamples.bytes(samples.weights(count, kind), type)
            for columns in [0, 1, 64, 700, 70_000] {
                let phase = columns > 2 ? samples.below(columns) : 0
                let coded = coder.encode(
                    bytes, whole(bytes, type, columns: columns, phase: phase))
                #expect(coded.count <= bytes.count + 1)
                #expect(try coder.decode(coded, count: bytes.count) == bytes)
            }
        }
    }

    @Test(arguments: [ElementType.bf16, .f16, .f32], CodingSamples.Kind.allCases)
    func `a child comes back with its parent`(
        _ type: ElementType, _ kind: CodingSamples.Kind
    ) throws {
        var samples = CodingSamples(11)
        for count in [1, 2, 97, 5_000, 60_001] {
            let weights = samples.weights(count, kind)
            let parent = CodingSamples.bytes(weights, type)
            for step in [Float(0), 1e-5, 1e-3, 0.1, 4] {
                let moved = weights.map { $0 + $0 * samples.normal() * step }
                let bytes = CodingSamples.bytes(moved, type)
                let coded = coder.encode(bytes, whole(bytes, type, parent: 5), parent: parent)
                #expect(try coder.decode(coded, count: bytes.count, parent: parent) == bytes)
                if step == 0, count == 60_001, kind != .chance { #expect(coded.count < 32) }
            }
        }
    }

    @Test func `trained weights and small steps become so much shorter`() throws {
        var samples = CodingSamples(3)
        let weights = samples.weights(262_144, .trained)
        let moved = weights.map { $0 + $0 * samples.normal() * 1e-3 }
        // Ratios that a generator of another kind would not give: measured, with a little room.
        let goals: [(ElementType, Double, Double)] = [
            (.bf16, 1.50, 5.5), (.f16, 1.15, 3.0), (.f32, 1.20, 2.0),
        ]
        for (type, dense, delta) in goals {
            let parent = CodingSamples.bytes(weights, type)
            let bytes = CodingSamples.bytes(moved, type)
            let alone = coder.encode(parent, whole(parent, type))
            let child = coder.encode(bytes, whole(bytes, type, parent: 0), parent: parent)
            #expect(Double(parent.count) > dense * Double(alone.count), "\(type)")
            #expect(Double(bytes.count) > delta * Double(child.count), "\(type)")
        }
    }

    @Test func `segments of several tensors, types and parents share a group`() throws {
        var samples = CodingSamples(5)
        var group: [UInt8] = [UInt8]("{\"header\":1}  ".utf8)
        var segments = [CodedSegment(offset: 0, length: group.count, type: .bytes)]
        var parent = group
        for index in 0..<40 {
            let type: ElementType = [.bf16, .f32, .f16][index % 3]
            let weights = samples.weights(200 + index * 7, .trained, columns: 20)
            let bytes = CodingSamples.bytes(weights, type)
            segments.append(
                CodedSegment(
                    offset: group.count, length: bytes.count, type: type, columns: 20,
                    parent: index % 2 == 0 ? UInt64(index) << 33 : nil))
            group += bytes
            parent += CodingSamples.bytes(
                weights.map { $0 + $0 * samples.normal() * 1e-3 }, type)
        }
        // The encoder's order is its own: here by type.
        segments.sort { ($0.type.rawValue, $0.offset) < ($1.type.rawValue, $1.offset) }
        let coded = coder.encode(group, segments, parent: parent)
        #expect(coded.count < group.count)
        #expect(try coder.decode(coded, count: group.count, parent: parent) == group)
        let read = try GroupCoder.segments(of: coded, count: group.count)
        #expect(read.map(\.parent) == segments.map(\.parent))
        #expect(throws: CodingError.parentMissing) {
            try coder.decode(coded, count: group.count)
        }
    }

    @Test func `segments that are not the group are not coded`() throws {
        let bytes = [UInt8](repeating: 3, count: 4_000)
        let wrong: [[CodedSegment]] = [
            [], [CodedSegment(offset: 0, length: 3_999, type: .bytes)],
            [CodedSegment(offset: 1, length: 3_999, type: .bytes)],
            [
                CodedSegment(offset: 0, length: 3_000, type: .bytes),
                CodedSegment(offset: 2_000, length: 2_000, type: .bytes),
            ],
        ]
        for segments in wrong { #expect(coder.encode(bytes, segments) == [0] + bytes) }
        #expect(try coder.decode([0] + bytes, count: 4_000) == bytes)
        #expect(throws: CodingError.self) { try coder.decode([0] + bytes, count: 3_999) }
        #expect(throws: CodingError.self) { try coder.decode([], count: 0) }
    }

    @Test func `what was changed or cut off is refused or decodes to as many bytes`() throws {
        var samples = CodingSamples(13)
        var (refused, other) = (0, 0)
        for round in 0..<120 {
            let type = ElementType.allCases[round % 4]
            let kind = CodingSamples.Kind.allCases[round % 6]
            let weights = samples.weights(1 + samples.below(3_000), kind)
            let parent = CodingSamples.bytes(weights, type)
            let bytes = CodingSamples.bytes(
                weights.map { $0 + $0 * samples.normal() * 1e-3 }, type)
            let coded = coder.encode(
                bytes, whole(bytes, type, columns: 64, parent: round % 3 == 0 ? nil : 0),
                parent: parent)
            #expect(throws: CodingError.self) {
                try coder.decode(coded + [0], count: bytes.count, parent: parent)
            }
            for _ in 0..<60 {
                var changed = coded
                for _ in 0...samples.below(4) {
                    let place =
                        samples.below(2) == 0
                        ? samples.below(min(64, coded.count)) : samples.below(coded.count)
                    changed[place] = UInt8(truncatingIfNeeded: samples.next() >> 20)
                }
                if samples.below(4) == 0 { changed.removeLast(samples.below(changed.count)) }
                do throws(CodingError) {
                    let read = try coder.decode(changed, count: bytes.count, parent: parent)
                    #expect(read.count == bytes.count)
                    other += 1
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 2_000 && other > 100)
    }

    @Test func `a delta against another parent is found where the counts differ`() throws {
        var samples = CodingSamples(17)
        let weights = samples.weights(20_000, .trained)
        let parent = CodingSamples.bytes(weights, .bf16)
        let bytes = CodingSamples.bytes(
            weights.map { $0 + $0 * samples.normal() * 1e-3 }, .bf16)
        let coded = coder.encode(bytes, whole(bytes, .bf16, parent: 0), parent: parent)
        let another = CodingSamples.bytes(samples.weights(20_000, .wide), .bf16)
        let error = #expect(throws: CodingError.self) {
            try coder.decode(coded, count: bytes.count, parent: another)
        }
        #expect(error?.description.contains("parent") == true)
    }
}
