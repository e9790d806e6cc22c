import Host
import Wire

/// One file of the access log with the salt that hides who asked: `NNNNNNNN.log` and
/// `NNNNNNNN.salt`. Entries lie behind their length as 16 big-endian bits, as in the journal.
struct AccessSegment {
    let number: UInt64
    /// The tree over its entries.
    private(set) var log = MerkleLog()
    /// Bytes of sound entries.
    private(set) var end: UInt64 = 0
    /// Milliseconds since 1970 of its first entry; nil while there is none.
    private(set) var begun: UInt64?
    /// Sequence of its last entry; nil while there is none.
    private(set) var last: UInt64?
    /// Whether something was added that is not synced yet.
    private(set) var isDirty = false
    private let file: File

    static func path(_ number: UInt64, _ layout: Layout, _ ending: String) -> String {
        "\(layout.access)/\(name(number, ending))"
    }

    static func name(_ number: UInt64, _ ending: String) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
        return "\(zeros)\(digits).\(ending)"
    }

    /// Numbers of the segments that are there, in order.
    static func numbers(_ layout: Layout) throws(StoreError) -> [UInt64] {
        let entries = try onDisk { () throws(SystemError) in try Directory.list(layout.access) }
        return entries.filter { $0.name.hasSuffix(".log") }
            .compactMap { UInt64($0.name.dropLast(4)) }.sorted()
    }

    /// Opens a segment to add to it; what a crash left half written at its end is cut off.
    init(_ number: UInt64, _ layout: Layout) throws(StoreError) {
        self.number = number
        file = try onDisk { () throws(SystemError) in
            try File(Self.path(number, layout, "log"), .create, mode: 0o600)
        }
        for entry in try Self.entries(number, layout) { note(entry) }
        try onDisk { () throws(SystemError) in
            if try file.facts().size > end { try file.resize(to: end) }
        }
    }

    private mutating func note(_ entry: AccessEntry) {
        _ = log.append(entry.bytes)
        end += UInt64(entry.bytes.count) + 2
        begun = begun ?? entry.time
        last = entry.sequence
    }

    /// The sound entries of a segment in order.
    static func entries(
        _ number: UInt64, _ layout: Layout
    ) throws(StoreError) -> [AccessEntry] {
        let path = path(number, layout, "log")
        return entries(in: try DurableFile.read(path, limit: AccessLog.fileBytesMax) ?? [])
    }

    /// The sound entries at the beginning of a file.
    static func entries(in bytes: [UInt8]) -> [AccessEntry] {
        var entries: [AccessEntry] = []
        var position = 0
        while let framed = JournalSegments.entry(in: bytes, at: position),
            let entry = AccessEntry(bytes: framed)
        {
            entries.append(entry)
            position += 2 + framed.count
        }
        return entries
    }

    /// The salt, made when it is missing in a new segment; nil where it was deleted.
    func salt(_ layout: Layout) throws(StoreError) -> [UInt8]? {
        let path = Self.path(number, layout, "salt")
        if let bytes = try DurableFile.read(path, limit: 64) { return bytes }
        guard log.count == 0 else { return nil }
        let salt = Sodium.random(count: 32)
        try DurableFile.write(salt, to: path)
        return salt
    }

    /// Adds an entry. Not synced: a power failure may take the last seconds.
    mutating func append(_ entry: AccessEntry) throws(StoreError) {
        let bytes = JournalSegments.framed(entry.bytes)
        try onDisk(bytes: UInt64(bytes.count)) { () throws(SystemError) in
            try file.write(bytes, offset: end)
        }
        isDirty = true
        note(entry)
    }

    /// Makes what was added durable; whether there was anything. Most commands decide nothing, and
    /// a sync that moves no byte still waits for the disk. With `always` also what a process that
    /// crashed left behind.
    @discardableResult
    mutating func sync(always: Bool = false) throws(StoreError) -> Bool {
        guard isDirty || always else { return false }
        try onDisk { () throws(SystemError) in try file.syncData() }
        isDirty = false
        return true
    }
}
