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

    private var size: UInt64 { blob.reader.size }
    private var groupCount: Int { blob.reader.groupCount }

    /// Writes the coded form to an empty file, drawing on one of the candidates (each some blobs)
    /// or on none, whichever is smallest; earlier ones are preferred. Nil if that would not save
    /// enough: then what was written is worth nothing. `progress` gets bytes that were coded.
    func write(
        to file: File, candidates: [[TensorBlob]], progress: (UInt64) throws(StoreError) -> Void
    ) throws(StoreError) -> CodedHeader? {
        var arrays = GroupDraft.Arrays()
        guard let draft = try choose(candidates, &arrays) else { return nil }
        let header = try write(draft, to: file, &arrays, progress)
        let isUsed = header.groups.contains { $0.cost > 1 }
        if !header.parents.isEmpty, !isUsed {
            // The sample was wrong: the blob would hang on a parent for nothing.
            try onDisk { () throws(SystemError) in try file.resize(to: 0) }
            let alone = GroupDraft(plan: plan())
            return Self.isWorthIt(
                try write(alone, to: file, &arrays) { (_) throws(StoreError) in })
        }
        return Self.isWorthIt(header)
    }

    /// About how many bytes the coded form would take, by the sample; nil where it would not save
    /// enough.
    func estimate(candidates: [[TensorBlob]]) throws(StoreError) -> UInt64? {
        var arrays = GroupDraft.Arrays()
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
        GroupDraft.plan(blob.tensors, hashes: blob.hashes, parents)
    }

    /// The draft of a candidate: of its blobs those that have a tensor to draw on.
    private func draft(_ candidate: [TensorBlob]) -> GroupDraft? {
        let able = Array(
            candidate.filter { $0.tensors != nil && $0.reader.id != blob.reader.id }
                .prefix(CodedHeader.parentsMax))
        let used = plan(able).parentsUsed
        let parents = able.indices.filter { used.contains($0) }.map { able[$0] }
        return parents.isEmpty ? nil : GroupDraft(plan: plan(parents), parents: parents)
    }

    /// Groups spread over the blob.
    private var sample: [Int] {
        let count = min(groupCount, Self.sampledMax)
        return (0..<count).map { (2 * $0 + 1) * groupCount / (2 * count) }
    }

    /// The draft that makes a sample shortest; nil if none saves enough.
    private func choose(
        _ candidates: [[TensorBlob]], _ arrays: inout GroupDraft.Arrays
    ) throws(StoreError) -> GroupDraft? {
        let sample = sample
        let plain = sample.reduce(0) { $0 + HashTree.groupRange($1, size: size).count }
        var best = GroupDraft(plan: plan())
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
        _ draft: GroupDraft, _ sample: [Int], _ arrays: inout GroupDraft.Arrays
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
        _ draft: GroupDraft, to file: File, _ arrays: inout GroupDraft.Arrays,
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
        _ index: Int, _ draft: GroupDraft, _ arrays: inout GroupDraft.Arrays
    ) throws(StoreError) -> Int {
        var costs = [Int](repeating: 1, count: draft.parents.count)
        return try code(index, draft, &arrays, noting: &costs)
    }

    /// Codes a group into `arrays.coded`; what it costs to read. `costs` are the highest of the
    /// parents' groups that were drawn on.
    private func code(
        _ index: Int, _ draft: GroupDraft, _ arrays: inout GroupDraft.Arrays,
        noting costs: inout [Int]
    ) throws(StoreError) -> Int {
        let range = HashTree.groupRange(index, size: size)
        try readPlain(index, range, &arrays.plain)
        return try draft.code(range, costMax: costMax, with: decoder, &arrays, noting: &costs)
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
}
