import Host
import Wire

/// Bytes that are on this machine already and may be part of a blob that is being fetched.
///
/// Nothing of them is believed: a group counts only when it is what the blob's id says.
public enum ByteSource {
    /// A file of the owner, such as what another program left of a download.
    case file(File)
    /// A blob that is here.
    case blob(BlobReader, window: Buffer)

    /// A blob that is here.
    public init(_ reader: BlobReader) {
        self = .blob(reader, window: Buffer(capacity: HashTree.groupBytes))
    }

    /// The bytes of `range`; nil where they are not all there.
    public func bytes(_ range: Range<UInt64>) -> [UInt8]? {
        let buffer = Buffer(capacity: range.count)
        return read(range, into: buffer, at: 0) ? buffer.bytes(0..<range.count) : nil
    }

    /// Whether any byte of `range` may be there; what a file system keeps no block for is not.
    func mayHold(_ range: Range<UInt64>) -> Bool {
        switch self {
        case .file(let file):
            guard let next = try? file.nextData(from: range.lowerBound) else { return false }
            return next < range.upperBound
        case .blob(let reader, _): return range.lowerBound < reader.size
        }
    }

    /// Reads `range` to `start` of `buffer`; false where it is not all there.
    func read(_ range: Range<UInt64>, into buffer: Buffer, at start: Int) -> Bool {
        switch self {
        case .file(let file):
            let count = try? file.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
            return count == range.count
        case .blob(let reader, let window):
            guard range.upperBound <= reader.size else { return false }
            var (next, place) = (range.lowerBound, start)
            while next < range.upperBound {
                let group = Int(next / UInt64(HashTree.groupBytes))
                guard let count = try? reader.read(group: group, into: window) else { return false }
                let from = Int(next - HashTree.groupRange(group, size: reader.size).lowerBound)
                let step = min(count - from, Int(range.upperBound - next))
                buffer.store(window.bytes(from..<from + step), at: place)
                next += UInt64(step)
                place += step
            }
            return true
        }
    }
}

/// A run of bytes of a blob and where the same bytes should be.
public struct BlobPiece {
    /// Its place in the blob.
    public let place: Range<UInt64>
    /// What should hold it.
    public let source: ByteSource
    /// Where it begins there.
    public let offset: UInt64

    /// A piece.
    public init(place: Range<UInt64>, source: ByteSource, offset: UInt64) {
        self.place = place
        self.source = source
        self.offset = offset
    }
}

extension PartialBlob {
    /// A source that has not one group among so many that it holds is not looked at further: it
    /// is another file, and hashing all of it would cost more than it can bring.
    static let strangeGroupsMax = 32

    /// Looks for groups that are on disk but not in the set, as a killed process leaves them, and
    /// adds those that match the layer. Needs the layer. Returns how many were found.
    ///
    /// They are written once more: after a sync that failed, memory may hold what the disk lost,
    /// and the next sync would not know of it.
    public func salvage() throws(StoreError) -> Int {
        try adopt(from: .file(data), isStrange: false)
    }

    /// Takes what is missing from a source that may hold the same bytes at the same places: what
    /// another program left of a download, or another version of the file. Needs the layer.
    /// Returns how many groups were found.
    public func adopt(from source: ByteSource) throws(StoreError) -> Int {
        try adopt(from: source, isStrange: true)
    }

    private func adopt(from source: ByteSource, isStrange: Bool) throws(StoreError) -> Int {
        guard let layer else { return 0 }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var (found, strange) = (0, 0)
        for index in groups.missing {
            let range = HashTree.groupRange(index, size: size)
            guard source.mayHold(range) else { continue }
            if source.read(range, into: buffer, at: 0), try keep(buffer, as: index, of: layer) {
                found += 1
            } else if isStrange, found == 0 {
                strange += 1
                if strange == Self.strangeGroupsMax { return 0 }
            }
        }
        return found
    }

    /// Puts groups together from pieces that lie elsewhere, such as tensors that another layer
    /// has; those that come out whole and match are taken. Needs the layer. Returns how many.
    public func assemble(_ pieces: [BlobPiece]) throws(StoreError) -> Int {
        guard let layer else { return 0 }
        let pieces = pieces.sorted { $0.place.lowerBound < $1.place.lowerBound }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var (found, first) = (0, 0)
        for index in groups.missing {
            let range = HashTree.groupRange(index, size: size)
            while first < pieces.count, pieces[first].place.upperBound <= range.lowerBound {
                first += 1
            }
            if Self.fill(buffer, range, from: pieces[first...]),
                try keep(buffer, as: index, of: layer)
            {
                found += 1
            }
        }
        return found
    }

    /// Reads what covers `range` without a gap; false where there is one.
    private static func fill(
        _ buffer: Buffer, _ range: Range<UInt64>, from pieces: ArraySlice<BlobPiece>
    ) -> Bool {
        var end = range.lowerBound
        for piece in pieces {
            if end == range.upperBound { break }
            guard piece.place.lowerBound <= end else { return false }
            // One that lies within another says nothing new.
            if piece.place.upperBound <= end { continue }
            let part = end..<min(piece.place.upperBound, range.upperBound)
            let start = piece.offset + part.lowerBound - piece.place.lowerBound
            guard
                piece.source.read(
                    start..<start + UInt64(part.count), into: buffer,
                    at: Int(part.lowerBound - range.lowerBound))
            else { return false }
            end = part.upperBound
        }
        return end == range.upperBound
    }

    /// Writes a group if it is what the layer says.
    private func keep(
        _ buffer: Buffer, as index: Int, of layer: GroupLayer
    ) throws(StoreError) -> Bool {
        let count = HashTree.groupRange(index, size: size).count
        let values = buffer.withSpan(0..<count) { layer.leafValues(ifMatching: $0, at: index) }
        guard let values else { return false }
        buffer.count = count
        try write(group: index, buffer, leafValues: values)
        return true
    }
}
