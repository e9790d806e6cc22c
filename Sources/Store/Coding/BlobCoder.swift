import Genome
import Host
import Wire

/// Codes a whole blob: chooses what to draw on by a sample, then writes head and groups.
struct BlobCoder {
    /// Groups that are coded in every way to choose one: enough for a mean, few enough to cost
    /// nothing beside a model.
    private static let sampledMax = 4
    /// Part of the plain bytes that must be saved, as a divisor: reading costs time.
    static let savingMin: UInt64 = 32
    /// Bytes of a block of common file systems: what is saved below it frees nothing.
    static let blockBytes: UInt64 = 4_096

    /// The blob.
    let blob: TensorBlob
    /// Most groups that may be decoded to read one of it.
    let costMax: Int
    private let decoder: ChainDecoder

    /// A coder of a blob of which each group may cost so much.
    init(
        _ blob: TensorBlob, costMax: Int = CodedHeader.costMax, decoder: ChainDecoder
    ) {
        self.blob = blob
        self.costMax = costMax
        self.decoder = decoder
    }

    /// What the blob draws on, with the plan that follows.
    private struct Draft {
        let plan: SegmentPlan
        var parents: [TensorBlob] = []
    }

    /// Arrays that are used from group to group.
    private struct Arrays {
        var plain: [UInt8] = []
        var parent: [UInt8] = []
        var coded: [UInt8] = []
        var other: [UInt8] = []
    }

    private var size: UInt64 { blob.reader.size }
    private var groupCount: Int { blob.reader.groupCount }

    /// Writes the coded form to an empty file, drawing on one of the candidates (each some blobs)
    /// or on none, whichever is smallest; earlier ones are preferred. Nil if that would not save
    /// enough: then what was written is worth nothing. `progress` gets bytes that were coded.
    func write(
        to file: File, candidates: [[TensorBlob]], progress: (UInt64) throws(StoreError) -> Void
    ) throws(StoreError) -> CodedHeader? {
        var arrays = Arrays()
        guard let draft = try choose(candidates, &arrays) else { return nil }
        let header = try write(draft, to: file, &arrays, progress)
        let isUsed = header.groups.contains { $0.cost > 1 }
        if !header.parents.isEmpty, !isUsed {
            // The sample was wrong: the blob would hang on a parent for nothing.
            try onDisk { () throws(SystemError) in try file.resize(to: 0) }
            return Self.isWorthIt(
                try write(Draft(plan: plan()), to: file, &arrays) { (_) throws(StoreError) in })
        }
        return Self.isWorthIt(header)
    }

    /// About how many bytes the coded form would take, by the sample; nil where it would not save
    /// enough.
    func estimate(candidates: [[TensorBlob]]) throws(StoreError) -> UInt64? {
        var arrays = Arrays()
        guard let draft = try choose(candidates, &arrays) else { return nil }
        let sample = sample
        let coded = try measure(draft, sample, &arrays)
        let plain = sample.reduce(0) { $0 + HashTree.groupRange($1, size: size).count }
        let head = CodedHeader.byteCount(parents: draft.parents.count, groups: groupCount)
        let bytes = UInt64(Double(coded) / Double(plain) * Double(size)) + UInt64(head)
        return Self.isWorthIt(plain: size, coded: bytes) ? bytes : nil
    }

    private static func isWorthIt(_ header: CodedHeader) -> CodedHeader? {
        isWorthIt(plain: header.size, coded: header.fileBytes) ? header : nil
    }

    /// Whether a form frees blocks of the disk, and enough of them.
    static func isWorthIt(plain: UInt64, coded: UInt64) -> Bool {
        func blocks(_ bytes: UInt64) -> UInt64 { (bytes + blockBytes - 1) / blockBytes }
        return blocks(coded) < blocks(plain) && coded <= plain - plain / savingMin
    }

    // MARK: Choosing

    private func plan(_ parents: [TensorBlob] = []) -> SegmentPlan {
        guard let tensors = blob.tensors else { return SegmentPlan() }
        var start: UInt64 = 0
        var known: [SegmentPlan.Parent] = []
        for parent in parents {
            if let file = parent.tensors {
                known.append(.init(file: file, start: start, hashes: parent.hashes))
            }
            start += parent.reader.size
        }
        return SegmentPlan(tensors, hashes: blob.hashes, parents: known)
    }

    /// The draft of a candidate: of its blobs those that have a tensor to draw on.
    private func draft(_ candidate: [TensorBlob]) -> Draft? {
        let able = Array(
            candidate.filter { $0.tensors != nil && $0.reader.id != blob.reader.id }
                .prefix(CodedHeader.parentsMax))
        let used = plan(able).parentsUsed
        let parents = able.indices.filter { used.contains($0) }.map { able[$0] }
        return parents.isEmpty ? nil : Draft(plan: plan(parents), parents: parents)
    }

    /// Groups spread over the blob.
    private var sample: [Int] {
        let count = min(groupCount, Self.sampledMax)
        return (0..<count).map { (2 * $0 + 1) * groupCount / (2 * count) }
    }

    /// The draft that makes a sample shortest; nil if none saves enough.
    private func choose(
        _ candidates: [[TensorBlob]], _ arrays: inout Arrays
    ) throws(StoreError) -> Draft? {
        let sample = sample
        let plain = sample.reduce(0) { $0 + HashTree.groupRange($1, size: size).count }
        var best = Draft(plan: plan())
        var least = try measure(best, sample, &arrays)
        for candidate in costMax > 1 ? candidates : [] {
            guard let draft = draft(candidate) else { continue }
            let length = try measure(draft, sample, &arrays)
            // A chain costs time and ties two blobs together: a twentieth at least.
            guard length < least - least / 20 else { continue }
            (best, least) = (draft, length)
        }
        return least <= plain - plain / Int(Self.savingMin) ? best : nil
    }

    private func measure(
        _ draft: Draft, _ sample: [Int], _ arrays: inout Arrays
    ) throws(StoreError) -> Int {
        var length = 0
        for index in sample {
            _ = try code(index, draft, &arrays)
            length += arrays.coded.count
        }
        return length
    }

    // MARK: Coding

    private func write(
        _ draft: Draft, to file: File, _ arrays: inout Arrays,
        _ progress: (UInt64) throws(StoreError) -> Void
    ) throws(StoreError) -> CodedHeader {
        var groups: [CodedHeader.Group] = []
        var offset = UInt64(
            CodedHeader.byteCount(parents: draft.parents.count, groups: groupCount))
        var costs = [Int](repeating: 1, count: draft.parents.count)
        for index in 0..<groupCount {
            let cost = try code(index, draft, &arrays, noting: &costs)
            try onDisk(bytes: size) { () throws(SystemError) in
                try file.write(arrays.coded, offset: offset)
            }
            offset += UInt64(arrays.coded.count)
            groups.append(.init(length: arrays.coded.count, cost: cost))
            try progress(HashTree.groupRange(index, size: size).upperBound)
        }
        let parents = zip(draft.parents, costs).map { parent, cost in
            CodedHeader.Parent(id: parent.reader.id, size: parent.reader.size, cost: cost)
        }
        let header = CodedHeader(
            id: blob.reader.id, size: size, parents: parents, groups: groups)
        try onDisk(bytes: size) { () throws(SystemError) in
            try file.write(header.encode(), offset: 0)
        }
        return header
    }

    private func code(
        _ index: Int, _ draft: Draft, _ arrays: inout Arrays
    ) throws(StoreError) -> Int {
        var costs = [Int](repeating: 1, count: draft.parents.count)
        return try code(index, draft, &arrays, noting: &costs)
    }

    /// Codes a group into `arrays.coded`; what it costs to read. `costs` are the highest of the
    /// parents' groups that were drawn on.
    private func code(
        _ index: Int, _ draft: Draft, _ arrays: inout Arrays, noting costs: inout [Int]
    ) throws(StoreError) -> Int {
        let range = HashTree.groupRange(index, size: size)
        try readPlain(index, range, &arrays.plain)
        let wanted = draft.plan.segments(of: range)
        let (segments, pieces) = try afford(wanted, draft.parents)
        guard !pieces.isEmpty else {
            decoder.encode(arrays.plain, segments, parent: nil, into: &arrays.coded)
            return 1
        }
        if arrays.parent.count != range.count {
            arrays.parent = [UInt8](repeating: 0, count: range.count)
        }
        try decoder.gather(pieces, from: draft.parents.map(\.reader.source), into: &arrays.parent)
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
            let one = draft.parents[key.parent].reader.source.cost(ofGroup: key.group)
            costs[key.parent] = max(costs[key.parent], one)
            cost += one
        }
        return cost
    }

    private func readPlain(
        _ index: Int, _ range: Range<UInt64>, _ plain: inout [UInt8]
    ) throws(StoreError) {
        switch blob.reader.source {
        case .raw(let object):
            let count = try object.read(
                into: &plain, count: range.count, offset: range.lowerBound)
            guard count == range.count else { throw .damaged(object.place) }
        case .coded(let file): try decoder.read(index, of: file, into: &plain)
        case .inPlace(let file): throw .sourceChanged(path: file.reference.path)
        }
    }

    /// The segments of a group, of which the shorter ones stand alone where all together would
    /// cost too many decodes, and what the others take from which group.
    private func afford(
        _ wanted: [CodedSegment], _ parents: [TensorBlob]
    ) throws(StoreError) -> (segments: [CodedSegment], pieces: [ChainDecoder.Piece]) {
        var segments = wanted
        var kept: Set<ChainDecoder.Place> = []
        var pieces: [ChainDecoder.Piece] = []
        var cost = 1
        let order = segments.indices.filter { segments[$0].parent != nil }
            .sorted { segments[$0].length > segments[$1].length }
        for index in order {
            let own = try ChainDecoder.pieces([segments[index]]) { offset, count in
                Self.locate(offset, count, parents)
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

    private static func locate(
        _ offset: UInt64, _ count: Int, _ parents: [TensorBlob]
    ) -> (index: Int, range: Range<UInt64>) {
        var start: UInt64 = 0
        for (index, parent) in parents.enumerated() {
            if offset < start + parent.reader.size {
                return (index, offset - start..<offset - start + UInt64(count))
            }
            start += parent.reader.size
        }
        preconditionFailure("a plan draws on its parents alone")
    }
}

extension CodedSegment {
    /// The same without a parent.
    var alone: CodedSegment {
        CodedSegment(
            offset: offset, length: length, type: type, columns: columns, phase: phase)
    }
}
