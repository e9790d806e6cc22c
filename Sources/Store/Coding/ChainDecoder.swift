import Host
import Wire

/// Decodes groups of coded files with those groups of their parents that they draw on, one thread
/// at a time.
///
/// A group draws on groups of parents, and those on others: the number of groups that are decoded
/// for one that is asked for is bounded when a file is coded, and again here, as files may lie.
final class ChainDecoder {
    /// A group of one of the parents.
    struct Place: Hashable, Comparable {
        let parent: Int
        let group: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.parent, left.group) < (right.parent, right.group)
        }
    }

    /// A run of bytes that a group takes from a parent.
    struct Piece {
        let place: Place
        /// Where it begins in that group.
        let start: Int
        /// Where it goes in the group that is read.
        let target: Int
        let count: Int
    }

    /// Arrays of one step of a chain, used again: a new megabyte costs as much as decoding it.
    private struct Step {
        var coded: [UInt8] = []
        var parent: [UInt8] = []
        var group: [UInt8] = []
    }

    private let coder: GroupCoder
    private var steps = [Step](repeating: Step(), count: CodedHeader.costMax + 1)
    private var spare: [UInt8] = []
    /// Arrays of groups that are coded or decoded on their way between nodes: as long as this
    /// decoder is kept, so that a lane that sends many takes their 4 MiB once.
    var arrays = GroupDraft.Arrays()
    /// Groups that were decoded since this was made.
    private(set) var decodeCount = 0

    /// A decoder; nil where there is no memory for it.
    init?() {
        guard let coder = GroupCoder() else { return nil }
        self.coder = coder
    }

    /// An array to read into, which has the memory of an earlier group.
    func takeSpare() -> [UInt8] {
        defer { spare = [] }
        return spare
    }

    /// Keeps an array for the next group.
    func put(spare array: [UInt8]) { spare = array }

    /// Reads a group into `group`, whose memory is used again.
    func read(_ index: Int, of file: CodedFile, into group: inout [UInt8]) throws(StoreError) {
        var budget = CodedHeader.costMax
        try read(index, of: file, depth: 0, budget: &budget, into: &group)
    }

    private func read(
        _ index: Int, of file: CodedFile, depth: Int, budget: inout Int,
        into group: inout [UInt8]
    ) throws(StoreError) {
        guard budget > 0 else {
            throw .damaged("\(file.object.place) (it draws on too many groups)")
        }
        budget -= 1
        decodeCount += 1
        var step = takeStep(depth)
        defer { steps[depth] = step }
        let count = HashTree.groupRange(index, size: file.header.size).count
        try file.coded(group: index, into: &step.coded)
        let segments = try decoded(file) { () throws(CodingError) in
            try GroupCoder.segments(of: step.coded, count: count)
        }
        let pieces = try Self.pieces(segments) { offset, count throws(StoreError) in
            try file.parent(at: offset, count: count)
        }
        if !pieces.isEmpty {
            step.parent.resize(to: count)
            try gather(
                pieces, depth: depth, budget: &budget, through: &step.group,
                into: &step.parent
            ) { parent throws(StoreError) in try file.source(ofParent: parent) }
        }
        try decoded(file) { () throws(CodingError) in
            try coder.decode(
                step.coded, count: count, parent: pieces.isEmpty ? nil : step.parent, into: &group)
        }
    }

    private func takeStep(_ depth: Int) -> Step {
        var step = Step()
        swap(&step, &steps[depth])
        return step
    }

    private func decoded<Result>(
        _ file: CodedFile, _ body: () throws(CodingError) -> Result
    ) throws(StoreError) -> Result {
        do throws(CodingError) {
            return try body()
        } catch {
            throw .damaged("\(file.object.place) (\(error))")
        }
    }

    // MARK: Parents

    /// What segments take from parents, in the order of the parents' groups.
    static func pieces(
        _ segments: [CodedSegment],
        in parent: (UInt64, Int) throws(StoreError) -> (index: Int, range: Range<UInt64>)
    ) throws(StoreError) -> [Piece] {
        var pieces: [Piece] = []
        for segment in segments {
            guard let offset = segment.parent else { continue }
            let (index, range) = try parent(offset, segment.length)
            split(index, range, to: segment.offset, &pieces)
        }
        return pieces.sorted { $0.place < $1.place }
    }

    /// A run of bytes of a parent, cut where its groups end.
    static func split(
        _ parent: Int, _ range: Range<UInt64>, to target: Int, _ pieces: inout [Piece]
    ) {
        var (position, target) = (range.lowerBound, target)
        while position < range.upperBound {
            let group = Int(position / UInt64(HashTree.groupBytes))
            let start = Int(position % UInt64(HashTree.groupBytes))
            let count = min(HashTree.groupBytes - start, Int(range.upperBound - position))
            pieces.append(
                Piece(
                    place: Place(parent: parent, group: group), start: start, target: target,
                    count: count))
            position += UInt64(count)
            target += count
        }
    }

    /// Puts pieces where they go; each group of a parent is decoded once.
    private func gather(
        _ pieces: [Piece], depth: Int, budget: inout Int, through group: inout [UInt8],
        into bytes: inout [UInt8], _ source: (Int) throws(StoreError) -> BlobSource
    ) throws(StoreError) {
        var last: Place?
        for piece in pieces {
            switch try source(piece.place.parent) {
            case .raw(let object):
                let offset = UInt64(piece.place.group * HashTree.groupBytes + piece.start)
                let count = try object.read(
                    into: &bytes, at: piece.target, count: piece.count, offset: offset)
                guard count == piece.count else { throw .damaged(object.place) }
            case .inPlace(let file):
                // No coded file draws on what its owner may change.
                throw .sourceChanged(path: file.reference.path)
            case .coded(let file):
                if last != piece.place {
                    try read(
                        piece.place.group, of: file, depth: depth + 1, budget: &budget,
                        into: &group)
                    last = piece.place
                }
                guard piece.start + piece.count <= group.count else {
                    throw .damaged(file.object.place)
                }
                bytes.replace(at: piece.target, group, piece.start, piece.count)
            }
        }
    }

    /// The parents' bytes of a group that is to be coded, each where its segment lies.
    func gather(
        _ pieces: [Piece], from parents: [BlobSource], into bytes: inout [UInt8]
    ) throws(StoreError) {
        var budget = CodedHeader.costMax
        var step = takeStep(CodedHeader.costMax)
        defer { steps[CodedHeader.costMax] = step }
        try gather(pieces, depth: -1, budget: &budget, through: &step.group, into: &bytes) {
            parents[$0]
        }
    }

    /// Decodes a group that is in no file with the coder of this decoder.
    func decode(
        _ coded: [UInt8], count: Int, parent: [UInt8]?, into group: inout [UInt8]
    ) throws(CodingError) {
        try coder.decode(coded, count: count, parent: parent, into: &group)
    }

    /// Codes a group with the coder of this decoder.
    func encode(
        _ group: [UInt8], _ segments: [CodedSegment], parent: [UInt8]?, into coded: inout [UInt8]
    ) {
        coder.encode(group, segments, parent: parent, into: &coded)
    }
}

extension [UInt8] {
    /// Makes it so long; new bytes are zero.
    mutating func resize(to count: Int) {
        if self.count > count {
            removeLast(self.count - count)
        } else {
            append(contentsOf: repeatElement(0, count: count - self.count))
        }
    }

    /// Copies bytes of another array over those at a place.
    fileprivate mutating func replace(
        at target: Int, _ source: [UInt8], _ start: Int, _ count: Int
    ) {
        replaceSubrange(target..<target + count, with: source[start..<start + count])
    }
}
