import Host
import Store
import Wire

extension FuzzTarget {
    static let coded: [FuzzTarget] = [codedGroup, codedFile, arrivedGroup]

    /// One coder for all inputs: its memory takes longer to get than a group to read.
    private static let coder = Lock(GroupCoder())

    private static func samples(_ count: Int, step: UInt32) -> [UInt8] {
        var state: UInt32 = 0x9e37_79b9
        return (0..<count).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            // Exponents near each other, as weights have them.
            return index % 2 == 1 ? UInt8(0x3c + state >> 31) : UInt8(state >> 24) &+ UInt8(step)
        }
    }

    /// A length of two bytes, then a coded group.
    private static func seed(
        _ count: Int, _ segments: [CodedSegment], step: UInt32 = 0
    ) -> [UInt8] {
        let group = samples(count, step: step)
        let coded = coder.withLock { coder in
            coder?.encode(group, segments, parent: samples(count, step: 0)) ?? []
        }
        return [UInt8(count & 255), UInt8(count >> 8)] + coded
    }

    private static let groupSeeds: [[UInt8]] =
        [ElementType.bf16, .f16, .f32, .bytes].flatMap { type in
            [
                seed(
                    6_000, [CodedSegment(offset: 0, length: 6_000, type: type, columns: 100)],
                    step: 3),
                seed(
                    400, [CodedSegment(offset: 0, length: 400, type: type, parent: 7)], step: 1),
            ]
        } + [
            seed(
                1_001,
                [
                    CodedSegment(offset: 0, length: 600, type: .bf16, parent: 1 << 33),
                    CodedSegment(offset: 600, length: 400, type: .f32),
                    CodedSegment(offset: 1_000, length: 1, type: .bytes),
                ], step: 2),
            [4, 0, 0, 1, 2, 3, 4],
        ]

    /// A coded group: it gives exactly the bytes it should or is refused, and what it gives can be
    /// coded again.
    private static let codedGroup = FuzzTarget("FuzzCodedGroup", seeds: groupSeeds) { input in
        guard input.count > 2 else { return }
        let count = Int(input[0]) | Int(input[1]) << 8
        let bytes = Array(input[2...])
        guard let segments = try? GroupCoder.segments(of: bytes, count: count) else { return }
        precondition(
            segments.isEmpty || segments.reduce(0) { $0 + $1.length } == count,
            "segments are not the group")
        let parent = samples(count, step: 0)
        coder.withLock { coder in
            guard let coder, let group = try? coder.decode(bytes, count: count, parent: parent)
            else { return }
            precondition(group.count == count, "a group has another length")
            let again = coder.encode(group, segments, parent: parent)
            let read = try? coder.decode(again, count: count, parent: parent)
            precondition(read == group, "a group changes when it is coded")
        }
    }

    private static let fileSeeds: [[UInt8]] = [
        CodedHeader(
            id: Samples.digest(1), size: 40_000, parents: [],
            groups: [.init(length: 30_000, cost: 1)]
        ).encode(),
        CodedHeader(
            id: Samples.digest(1), size: 1 << 20 + 9,
            parents: [.init(id: Samples.digest(2), size: 5, cost: 3)],
            groups: [.init(length: 90_000, cost: 4), .init(length: 10, cost: 1)]
        ).encode(),
    ]

    /// The head of a coded file: what is accepted is written again as it was, and its lengths make
    /// up the file. The sum is made right here, so that more than it is tried.
    private static let codedFile = FuzzTarget("FuzzCodedFile", seeds: fileSeeds) { input in
        for size in [UInt64(input.count), 30_127, 90_194] {
            check(input, fileSize: size)
            if input.count > 32 {
                let body = Array(input.dropLast(32))
                check(body + Blake3.hash(body).bytes, fileSize: size)
            }
        }
    }

    private static func check(_ bytes: [UInt8], fileSize: UInt64) {
        guard let header = try? CodedHeader.decode(bytes, fileSize: fileSize) else { return }
        let written = header.encode()
        precondition(Array(bytes.prefix(written.count)) == written, "a head changes when read")
        precondition(header.fileBytes == fileSize, "a file has another length than its head says")
    }

    /// A group that came from a peer, coded against parents in a row: what it takes from them lies
    /// in them, in as many bytes as its segments have.
    private static let arrivedGroup = FuzzTarget("FuzzArrivedGroup", seeds: groupSeeds) { input in
        guard input.count > 2 else { return }
        let count = Int(input[0]) | Int(input[1]) << 8
        let sizes: [UInt64] = [5, 3 << 20, 1 << 33, 1 << 40]
        guard
            let runs = try? ArrivedGroup.runs(
                of: Array(input[2...]), count: count, parentSizes: sizes)
        else { return }
        precondition(runs.reduce(0) { $0 + $1.range.count } <= count, "more than the group")
        for run in runs {
            precondition(run.range.upperBound <= sizes[run.parent], "a run leaves its parent")
            precondition(run.target + run.range.count <= count, "a run leaves the group")
        }
    }
}
