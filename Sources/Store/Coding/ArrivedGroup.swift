import Host
import Wire

/// A group that came coded from a peer. Its bytes are a stranger's: what they decode to is held
/// against the blob's tree afterwards, and what does not decode is refused.
public enum ArrivedGroup {
    /// Why a group cannot be decoded.
    public enum Fault: Error, Equatable {
        /// The bytes are not what an encoder writes.
        case malformed(CodingError)
        /// This node lacks what it takes: memory, or bytes of a parent.
        case unable(StoreError)
    }

    /// Puts the `count` plain bytes of a group in the place of its coded form, the first bytes of
    /// `buffer`. `parents` are those that the request named, in its order; for a group that is
    /// coded by itself none.
    public static func decode(
        _ coding: GroupCoding, count: Int, in buffer: Buffer, parents: [BlobReader]
    ) throws(Fault) {
        var malformed: CodingError?
        do throws(StoreError) {
            malformed = try CoderShelf.shared.with { decoder throws(StoreError) in
                var arrays = GroupDraft.Arrays()
                swap(&arrays, &decoder.arrays)
                defer { swap(&arrays, &decoder.arrays) }
                buffer.copy(0..<buffer.count, into: &arrays.coded)
                do throws(Fault) {
                    let parents = coding == .delta ? parents : []
                    let isDrawn = try gather(parents, count: count, decoder, &arrays)
                    try decoding { () throws(CodingError) in
                        try decoder.decode(
                            arrays.coded, count: count, parent: isDrawn ? arrays.parent : nil,
                            into: &arrays.plain)
                    }
                } catch {
                    switch error {
                    case .malformed(let rule): return rule
                    case .unable(let problem): throw problem
                    }
                }
                buffer.store(arrays.plain, at: 0)
                buffer.count = count
                return nil
            }
        } catch {
            throw .unable(error)
        }
        if let malformed { throw .malformed(malformed) }
    }

    /// A run of bytes that a group takes from a parent.
    public struct Run: Equatable, Sendable {
        /// The parent, by its place in the request.
        public let parent: Int
        /// Where the bytes are in it.
        public let range: Range<UInt64>
        /// Where they go in the group.
        public let target: Int
    }

    /// What a coded group of `count` bytes takes from parents of these sizes, at most 2^40 bytes
    /// each.
    public static func runs(
        of coded: [UInt8], count: Int, parentSizes: [UInt64]
    ) throws(CodingError) -> [Run] {
        let row = ParentRow(sizes: parentSizes)
        var runs: [Run] = []
        for segment in try GroupCoder.segments(of: coded, count: count) {
            guard let offset = segment.parent else { continue }
            guard let place = row.place(of: offset, count: segment.length) else {
                throw .malformed("they draw on what no parent has")
            }
            runs.append(Run(parent: place.index, range: place.range, target: segment.offset))
        }
        return runs
    }

    /// The parents' bytes of the group in `arrays.coded`, each where its segment lies; false where
    /// it takes none.
    private static func gather(
        _ parents: [BlobReader], count: Int, _ decoder: ChainDecoder,
        _ arrays: inout GroupDraft.Arrays
    ) throws(Fault) -> Bool {
        guard !parents.isEmpty else { return false }
        let taken = try decoding { () throws(CodingError) in
            try runs(of: arrays.coded, count: count, parentSizes: parents.map(\.size))
        }
        guard !taken.isEmpty else { return false }
        var pieces: [ChainDecoder.Piece] = []
        for run in taken { ChainDecoder.split(run.parent, run.range, to: run.target, &pieces) }
        pieces.sort { $0.place < $1.place }
        arrays.parent.resize(to: count)
        do throws(StoreError) {
            try decoder.gather(pieces, from: parents.map(\.source), into: &arrays.parent)
        } catch {
            throw .unable(error)
        }
        return true
    }

    private static func decoding<Result>(
        _ body: () throws(CodingError) -> Result
    ) throws(Fault) -> Result {
        do throws(CodingError) {
            return try body()
        } catch {
            throw .malformed(error)
        }
    }
}
