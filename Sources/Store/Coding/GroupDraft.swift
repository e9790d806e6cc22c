import Genome
import Wire

/// How the groups of one blob are coded: which of their bytes are elements of which tensor, and
/// the blobs that they draw on.
struct GroupDraft: Sendable {
    /// Arrays that are used from group to group.
    struct Arrays {
        var plain: [UInt8] = []
        var parent: [UInt8] = []
        var coded: [UInt8] = []
        var other: [UInt8] = []
    }

    /// Where tensors lie.
    let plan: SegmentPlan
    /// What groups may draw on, in a row.
    var parents: [TensorBlob] = []

    /// The plan of a file with these tensors over parents in a row; of a file without tensors all
    /// are bytes.
    static func plan(
        _ tensors: TensorFile?, hashes: [String: Digest] = [:], _ parents: [TensorBlob] = []
    ) -> SegmentPlan {
        guard let tensors else { return SegmentPlan() }
        var start: UInt64 = 0
        var known: [SegmentPlan.Parent] = []
        for parent in parents {
            if let file = parent.tensors {
                known.append(.init(file: file, start: start, hashes: parent.hashes))
            }
            start += parent.reader.size
        }
        return SegmentPlan(tensors, hashes: hashes, parents: known)
    }

    /// Codes `arrays.plain`, the bytes of the blob's `range`, into `arrays.coded`; what it costs to
    /// read, at most `costMax` groups that are decoded. `costs` are the highest of the parents'
    /// groups that were drawn on.
    func code(
        _ range: Range<UInt64>, costMax: Int, with decoder: ChainDecoder, _ arrays: inout Arrays,
        noting costs: inout [Int]
    ) throws(StoreError) -> Int {
        let (segments, pieces) = try afford(plan.segments(of: range), costMax: costMax)
        guard !pieces.isEmpty else {
            decoder.encode(arrays.plain, segments, parent: nil, into: &arrays.coded)
            return 1
        }
        if arrays.parent.count != range.count {
            arrays.parent = [UInt8](repeating: 0, count: range.count)
        }
        try decoder.gather(pieces, from: parents.map(\.reader.source), into: &arrays.parent)
        decoder.encode(arrays.plain, segments, parent: arrays.parent, into: &arrays.coded)
        // Less than half is more than any form without a parent saves.
        if arrays.coded.count * 2 >= range.count {
            decoder.encode(
                arrays.plain, segments.map(\.alone), parent: nil, into: &arrays.other)
            // A group that hangs on others is worth it from a sixteenth on.
            if arrays.other.count - arrays.other.count / 16 <= arrays.coded.count {
                swap(&arrays.coded, &arrays.other)
                return 1
            }
        }
        var cost = 1
        for key in Set(pieces.map(\.place)) {
            let one = parents[key.parent].reader.source.cost(ofGroup: key.group)
            costs[key.parent] = max(costs[key.parent], one)
            cost += one
        }
        return cost
    }

    /// The segments of a group, of which the shorter ones stand alone where all together would
    /// cost too many decodes, and what the others take from which group.
    private func afford(
        _ wanted: [CodedSegment], costMax: Int
    ) throws(StoreError) -> (segments: [CodedSegment], pieces: [ChainDecoder.Piece]) {
        let row = ParentRow(sizes: parents.map(\.reader.size))
        var segments = wanted
        var kept: Set<ChainDecoder.Place> = []
        var pieces: [ChainDecoder.Piece] = []
        var cost = 1
        let order = segments.indices.filter { segments[$0].parent != nil }
            .sorted { segments[$0].length > segments[$1].length }
        for index in order {
            let own = try ChainDecoder.pieces([segments[index]]) { offset, count in
                guard let place = row.place(of: offset, count: count) else {
                    preconditionFailure("a plan draws on its parents alone")
                }
                return place
            }
            let new = Set(own.map(\.place)).subtracting(kept)
            let more = new.reduce(0) {
                $0 + parents[$1.parent].reader.source.cost(ofGroup: $1.group)
            }
            if cost + more <= costMax {
                cost += more
                kept.formUnion(new)
                pieces += own
            } else {
                segments[index] = segments[index].alone
            }
        }
        return (segments, pieces.sorted { $0.place < $1.place })
    }
}

extension CodedSegment {
    /// The same without a parent.
    fileprivate var alone: CodedSegment {
        CodedSegment(
            offset: offset, length: length, type: type, columns: columns, phase: phase)
    }
}
