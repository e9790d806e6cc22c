/// Codes groups of a file, each on its own: its segments, then one stream for all segments of a
/// type, so that they share tables. Same bytes on disk and on the wire.
///
/// Not safe to be used by two threads at a time; each has its own.
public final class GroupCoder {
    /// Longest group in bytes.
    public static let bytesMax = CodingMemory.bytesMax
    /// Segments of a group: as many tensors of 256 bytes as fit.
    public static let segmentsMax = 4_096

    private static let raw: UInt8 = 0
    private static let coded: UInt8 = 1
    private static let parentFlag: UInt8 = 16

    private let streams: StreamCoder
    private let memory: CodingMemory

    /// A coder with its memory, 20 MiB; nil where there is none for it.
    public init?() {
        guard let entropy = EntropyCoder() else { return nil }
        memory = CodingMemory()
        streams = StreamCoder(PlaneCoder(entropy: entropy, memory: memory))
    }

    /// One stream: the segments of one type, with a parent or without.
    private struct Key: Hashable, Comparable {
        let type: ElementType
        let hasParent: Bool

        init(_ segment: CodedSegment) {
            type = segment.type
            hasParent = segment.parent != nil
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.type.rawValue, left.hasParent ? 1 : 0)
                < (right.type.rawValue, right.hasParent ? 1 : 0)
        }
    }

    // MARK: Encoding

    /// The coded form of a group, never longer than a byte more than the group. Segments must cover
    /// it without overlap, in the order in which they are to be coded; `parent` has as many bytes,
    /// of which those of segments with a parent count.
    public func encode(
        _ group: [UInt8], _ segments: [CodedSegment], parent: [UInt8]? = nil
    ) -> [UInt8] {
        var coded: [UInt8] = []
        encode(group, segments, parent: parent, into: &coded)
        return coded
    }

    /// The same into an array that is used again and again: a new one of a megabyte costs the
    /// kernel a third of the time of coding it.
    public func encode(
        _ group: [UInt8], _ segments: [CodedSegment], parent: [UInt8]?, into coded: inout [UInt8]
    ) {
        coded.removeAll(keepingCapacity: true)
        var output = CodedOutput(memory.result, capacity: group.count)
        do throws(CodingError) {
            guard group.count <= Self.bytesMax, parent.map({ $0.count == group.count }) ?? true
            else { throw .tooLong }
            try Self.check(segments, group.count)
            try encode(group, segments, parent, &output)
            coded.append(
                contentsOf: UnsafeBufferPointer(start: memory.result, count: output.count))
        } catch {
            coded.append(Self.raw)
            coded += group
        }
    }

    private func encode(
        _ group: [UInt8], _ segments: [CodedSegment], _ parent: [UInt8]?,
        _ output: inout CodedOutput
    ) throws(CodingError) {
        let known = segments.map {
            parent == nil
                ? CodedSegment(
                    offset: $0.offset, length: $0.length, type: $0.type, columns: $0.columns,
                    phase: $0.phase) : $0
        }
        try output.put(Self.coded)
        try output.put(number: known.count)
        for segment in known {
            try output.put(number: segment.offset)
            try output.put(number: segment.length)
            try output.put(
                segment.type.rawValue | (segment.parent == nil ? 0 : Self.parentFlag))
            if let parent = segment.parent {
                try output.put(number: Int(parent >> 32))
                try output.put(number: Int(parent & 0xffff_ffff))
            }
        }
        let keyed = Dictionary(grouping: known, by: Key.init)
        for key in keyed.keys.sorted() {
            let members = keyed[key] ?? []
            var size = 0
            for segment in members {
                Self.copy(group, segment, to: memory.stream + size)
                if key.hasParent, let parent {
                    Self.copy(parent, segment, to: memory.parent + size)
                }
                size += segment.length
            }
            try streams.encode(
                memory.stream, size, key.type, Self.grid(members, size),
                parent: key.hasParent ? UnsafePointer(memory.parent) : nil, &output)
        }
    }

    private static func copy(
        _ bytes: [UInt8], _ segment: CodedSegment, to target: UnsafeMutablePointer<UInt8>
    ) {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            target.update(from: base + segment.offset, count: segment.length)
        }
    }

    /// Rows of a stream: those of its tensors where all have the same and each begins one.
    private static func grid(_ segments: [CodedSegment], _ size: Int) -> RowGrid {
        let count = size / (segments.first?.type.width ?? 1)
        guard let first = segments.first else { return RowGrid(count: 0, columns: 0, phase: 0) }
        let fits = segments.dropFirst().allSatisfy { $0.columns == first.columns && $0.phase == 0 }
        let isWhole = segments.dropLast().allSatisfy {
            $0.columns > 0 && ($0.phase + $0.length / $0.type.width) % $0.columns == 0
        }
        let columns = fits && isWhole ? first.columns : 0
        return RowGrid(count: count, columns: columns, phase: columns > 0 ? first.phase : 0)
    }

    // MARK: Decoding

    /// The segments of a coded group of `count` bytes, by which the parent's bytes are found; none
    /// where it is kept as it is.
    public static func segments(
        of coded: [UInt8], count: Int
    ) throws(CodingError) -> [CodedSegment] {
        try reading(coded) { (input: inout CodedInput) throws(CodingError) in
            try readSegments(count, &input)
        }
    }

    /// The group of `count` bytes. `parent` has as many, of which those of segments with a parent
    /// count. Nothing is believed: every length follows from what came before, and no byte is left.
    public func decode(
        _ coded: [UInt8], count: Int, parent: [UInt8]? = nil
    ) throws(CodingError) -> [UInt8] {
        var group: [UInt8] = []
        try decode(coded, count: count, parent: parent, into: &group)
        return group
    }

    /// The same into an array that is used again and again; it is empty after an error.
    public func decode(
        _ coded: [UInt8], count: Int, parent: [UInt8]?, into group: inout [UInt8]
    ) throws(CodingError) {
        group.removeAll(keepingCapacity: true)
        guard (0...Self.bytesMax).contains(count), parent.map({ $0.count == count }) ?? true else {
            throw .malformed("a group has no such length")
        }
        let isCoded = try Self.reading(coded) {
            (input: inout CodedInput) throws(CodingError) -> Bool in
            let segments = try Self.readSegments(count, &input)
            if segments.isEmpty {
                _ = try input.bytes(count)
            } else {
                try decodeStreams(segments, parent, &input)
            }
            guard input.isAtEnd else { throw .malformed("bytes are left over") }
            return !segments.isEmpty
        }
        if isCoded {
            group.append(contentsOf: UnsafeBufferPointer(start: memory.result, count: count))
        } else {
            group += coded.dropFirst()
        }
    }

    /// Decodes all streams to where their segments lie in the result.
    private func decodeStreams(
        _ segments: [CodedSegment], _ parent: [UInt8]?, _ input: inout CodedInput
    ) throws(CodingError) {
        let keyed = Dictionary(grouping: segments, by: Key.init)
        for key in keyed.keys.sorted() {
            let members = keyed[key] ?? []
            var size = 0
            for segment in members {
                if key.hasParent, let parent {
                    Self.copy(parent, segment, to: memory.parent + size)
                }
                size += segment.length
            }
            // One segment needs no other place, if its elements may lie there.
            let place = members.first?.offset ?? 0
            let isDirect = members.count == 1 && place % key.type.width == 0
            let target = isDirect ? memory.result + place : memory.stream
            let hasParent = key.hasParent && parent != nil
            try streams.decode(
                size, key.type, parent: hasParent ? UnsafePointer(memory.parent) : nil,
                into: target, &input)
            guard !isDirect else { continue }
            var done = 0
            for segment in members {
                (memory.result + segment.offset).update(
                    from: memory.stream + done, count: segment.length)
                done += segment.length
            }
        }
    }

    private static func reading<Result>(
        _ coded: [UInt8], _ body: (inout CodedInput) throws(CodingError) -> Result
    ) throws(CodingError) -> Result {
        let outcome = coded.withUnsafeBufferPointer { bytes -> Swift.Result<Result, CodingError> in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                return .failure(.malformed("there are none"))
            }
            var input = CodedInput(base, count: bytes.count)
            do throws(CodingError) {
                return .success(try body(&input))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private static func readSegments(
        _ count: Int, _ input: inout CodedInput
    ) throws(CodingError) -> [CodedSegment] {
        switch try input.byte() {
        case raw: return []
        case coded: break
        default: throw .malformed("they are of no known form")
        }
        let number = try input.number()
        guard (1...segmentsMax).contains(number) else {
            throw .malformed("a group has 1 to \(segmentsMax) segments")
        }
        var segments: [CodedSegment] = []
        for _ in 0..<number {
            let (offset, length) = (try input.number(), try input.number())
            let kind = try input.byte()
            guard let type = ElementType(rawValue: kind & ~parentFlag) else {
                throw .malformed("a segment is of no known type")
            }
            var parent: UInt64?
            if kind & parentFlag != 0 {
                parent = UInt64(try input.number()) << 32 | UInt64(try input.number())
            }
            segments.append(
                CodedSegment(offset: offset, length: length, type: type, parent: parent))
        }
        try check(segments, count)
        return segments
    }

    /// Segments must cover the group once, in whole elements.
    private static func check(_ segments: [CodedSegment], _ count: Int) throws(CodingError) {
        guard (1...segmentsMax).contains(segments.count) else {
            throw .malformed("a group has 1 to \(segmentsMax) segments")
        }
        var end = 0
        for segment in segments.sorted(by: { $0.offset < $1.offset }) {
            guard segment.offset == end, segment.length > 0, segment.length <= count - end,
                segment.length % segment.type.width == 0
            else { throw .malformed("its segments are not the group") }
            end += segment.length
        }
        guard end == count else { throw .malformed("its segments are not the group") }
    }
}
