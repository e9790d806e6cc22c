import Host
import Wire

/// Where the bytes of a blob are: as they are, or coded.
enum BlobSource: Sendable {
    case raw(any StoredObject)
    case coded(CodedFile)
    case inPlace(InPlaceFile)

    /// Opens a complete blob in whichever form it is here.
    static func open(_ id: Digest, layout: Layout) throws(StoreError) -> BlobSource {
        // Between two looks one form may have taken the place of the other; both never miss twice.
        for _ in 0..<3 {
            do throws(StoreError) {
                return .raw(try layout.backend.open(.plain(id)))
            } catch .missing {}
            do throws(StoreError) {
                return .coded(try CodedFile(id, layout: layout))
            } catch .missing {}
            do throws(StoreError) {
                return .inPlace(try InPlaceFile(id, layout: layout))
            } catch .missing {}
        }
        throw .missing("blob \(id)")
    }

    /// Plain bytes.
    func size() throws(StoreError) -> UInt64 {
        switch self {
        case .raw(let object): try object.size()
        case .coded(let file): file.header.size
        case .inPlace(let file): file.reference.size
        }
    }

    /// Groups that are decoded to read that one; what is not coded may be so later.
    func cost(ofGroup index: Int) -> Int {
        switch self {
        case .raw, .inPlace: 1
        case .coded(let file): file.header.groups[index].cost
        }
    }
}

/// An open coded file. Its groups are read through a `ChainDecoder`.
final class CodedFile: Sendable {
    /// What the file says of itself.
    let header: CodedHeader
    /// Its bytes.
    let object: any StoredObject
    private let layout: Layout
    private let parents: Lock<[BlobSource?]>
    private let row: ParentRow

    /// Opens the coded file of a blob in a home.
    convenience init(_ id: Digest, layout: Layout) throws(StoreError) {
        try self.init(try layout.backend.open(.coded(id)), layout: layout)
        guard header.id == id else { throw .damaged(object.place) }
    }

    /// Reads the head of an open one; parents are looked for in the home of `layout`.
    init(_ object: any StoredObject, layout: Layout) throws(StoreError) {
        self.object = object
        self.layout = layout
        header = try Self.readHeader(object)
        parents = Lock([BlobSource?](repeating: nil, count: header.parents.count))
        row = ParentRow(sizes: header.parents.map(\.size))
    }

    /// The head of the coded file of a blob; nil where there is none that is sound.
    static func header(of id: Digest, layout: Layout) throws(StoreError) -> CodedHeader? {
        let header = try unlessDamaged { () throws(StoreError) in
            try readHeader(try layout.backend.open(.coded(id)))
        }
        return header?.id == id ? header : nil
    }

    private static func readHeader(_ object: any StoredObject) throws(StoreError) -> CodedHeader {
        let fileSize = try object.size()
        let prefix = try object.read(count: CodedHeader.prefixBytes, offset: 0)
        let byteCount = try parsing(object) { () throws(CodingError) in
            let byteCount = try CodedHeader.measure(prefix).byteCount
            guard fileSize >= UInt64(byteCount) else { throw .malformed("they end early") }
            return byteCount
        }
        let bytes = try object.read(count: byteCount, offset: 0)
        return try parsing(object) { () throws(CodingError) in
            try CodedHeader.decode(bytes, fileSize: fileSize)
        }
    }

    private static func parsing<Result>(
        _ object: any StoredObject, _ body: () throws(CodingError) -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw .damaged("\(object.place) (\(error))")
        }
    }

    /// The coded bytes of a group.
    func coded(group index: Int, into bytes: inout [UInt8]) throws(StoreError) {
        let (start, length) = (header.starts[index], header.groups[index].length)
        let count = try object.read(into: &bytes, count: length, offset: start)
        guard count == length else { throw .damaged(object.place) }
    }

    /// The same into the first bytes of `buffer`.
    func coded(group index: Int, into buffer: Buffer) throws(StoreError) {
        let (start, length) = (header.starts[index], header.groups[index].length)
        let count = try object.read(into: buffer, at: 0, count: length, offset: start)
        guard count == length else { throw .damaged(object.place) }
    }

    /// The parent that holds bytes of all parents in a row, and where they are in it. A run over
    /// two of them is none.
    func parent(
        at offset: UInt64, count: Int
    ) throws(StoreError) -> (index: Int, range: Range<UInt64>) {
        guard let place = row.place(of: offset, count: count) else {
            throw .damaged("\(object.place) (it draws on what no parent has)")
        }
        return place
    }

    /// A parent, opened once.
    func source(ofParent index: Int) throws(StoreError) -> BlobSource {
        if let known = parents.withLock({ $0[index] }) { return known }
        let parent = header.parents[index]
        let source = try BlobSource.open(parent.id, layout: layout)
        guard try source.size() == parent.size else { throw .damaged("blob \(parent.id)") }
        parents.withLock { $0[index] = source }
        return source
    }
}
