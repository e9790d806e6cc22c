import Genome
import Host
import Wire

/// How groups of one blob are coded on their way to a peer (docs/formats/coded-groups.md).
public struct SendPlan: Sendable {
    /// Part of a group's bytes that must be saved to send it coded, as a divisor: below that the
    /// receiver decodes for nothing.
    static let savingMin = 32

    private let size: UInt64
    private let draft: GroupDraft

    /// The plan of a blob of `size` bytes over parents in a row, all complete; nil where it is no
    /// safetensors file, or has no floats. `read` gives bytes of it; nil where they are not here
    /// yet.
    public init?(
        size: UInt64, parents: [BlobReader] = [],
        reading read: (Range<UInt64>) throws(StoreError) -> [UInt8]?
    ) throws(StoreError) {
        guard let tensors = try TensorBlob.tensors(size: size, reading: read) else { return nil }
        // What its owner may change is not drawn on.
        let isFixed = parents.allSatisfy { parent in
            if case .inPlace = parent.source { false } else { true }
        }
        var able: [TensorBlob] = []
        for parent in isFixed ? parents : [] { able.append(try TensorBlob(parent)) }
        guard tensors.tensors.contains(where: { ElementType($0.type) != .bytes }) else {
            return nil
        }
        self.size = size
        draft = GroupDraft(plan: GroupDraft.plan(tensors, able), parents: able)
    }

    /// Puts the coded form of a group in the place of its plain bytes, the first `count` of
    /// `buffer`; nil where it is hardly shorter, and nothing is changed then.
    public func code(
        group index: Int, in buffer: Buffer
    ) throws(StoreError) -> GroupCoding? {
        let range = HashTree.groupRange(index, size: size)
        guard buffer.count == range.count,
            draft.plan.segments(of: range).contains(where: { $0.type != .bytes })
        else { return nil }
        return try CoderShelf.shared.with { decoder throws(StoreError) in
            var arrays = GroupDraft.Arrays()
            swap(&arrays, &decoder.arrays)
            defer { swap(&arrays, &decoder.arrays) }
            buffer.copy(0..<range.count, into: &arrays.plain)
            var costs = [Int](repeating: 1, count: draft.parents.count)
            let cost = try draft.code(
                range, costMax: CodedHeader.costMax, with: decoder, &arrays, noting: &costs)
            guard arrays.coded.count <= range.count - range.count / Self.savingMin,
                arrays.coded.count < range.count
            else { return nil }
            buffer.store(arrays.coded, at: 0)
            buffer.count = arrays.coded.count
            return cost > 1 ? .delta : .dense
        }
    }
}

extension BlobReader {
    /// Reads the coded form of a group into `buffer` where the blob is kept coded, that group by
    /// itself and in fewer bytes: nobody decodes and codes it anew on its way. Nil otherwise.
    public func readCoded(
        group index: Int, into buffer: Buffer
    ) throws(StoreError) -> GroupCoding? {
        guard case .coded(let file) = source, file.header.size == size else { return nil }
        let group = file.header.groups[index]
        let count = HashTree.groupRange(index, size: size).count
        guard group.cost == 1, group.length < count,
            group.length <= count - count / SendPlan.savingMin
        else { return nil }
        try file.coded(group: index, into: buffer)
        buffer.count = group.length
        return .dense
    }
}
