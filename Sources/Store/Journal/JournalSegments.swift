import Host

/// The files that hold the journal's entries: `NNNNNNNN.log`, each entry behind its length as 16
/// big-endian bits. Only the last one grows.
struct JournalSegments {
    /// A new file is begun when the last one has so many bytes: small enough to copy and check
    /// in a moment.
    static let bytesMax: UInt64 = 16 << 20

    private let folder: String
    private var file: File
    private var number: Int
    private var end: UInt64

    private static func path(_ folder: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(folder)/\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).log"
    }

    /// The numbers of the files that are there, in order without gap from 1.
    private static func numbers(_ folder: String) throws(StoreError) -> [Int] {
        let entries = try onDisk { () throws(SystemError) in try Directory.list(folder) }
        let found = entries.filter { $0.name.hasSuffix(".log") }
            .compactMap { Int($0.name.dropLast(4)) }.sorted()
        guard found == Array(1..<found.count + 1) else {
            throw .damaged("the journal in \(folder) (a file is missing)")
        }
        return found
    }

    /// Opens the segments and gives every entry to `accept`, which says whether it is sound.
    /// Where the entries stop making sense the journal ends: what is behind is a write that was
    /// cut off. `cutTail` removes it once the caller is content with what there is.
    init(
        _ folder: String, accept: ([UInt8]) throws(StoreError) -> Bool
    ) throws(StoreError) {
        self.folder = folder
        let numbers = try Self.numbers(folder)
        number = max(1, numbers.count)
        end = 0
        file = try Self.openFile(folder, number)
        for index in numbers {
            file = try Self.openFile(folder, index)
            let (sound, size) = try Self.scan(file, accept: accept)
            end = sound
            guard sound == size || index == numbers.last else {
                throw .damaged("the journal in \(file.path) at byte \(sound)")
            }
        }
    }

    /// Removes what lies behind the last sound entry.
    func cutTail() throws(StoreError) {
        try onDisk { () throws(SystemError) in
            guard try file.facts().size > end else { return }
            try file.resize(to: end)
            try file.sync()
        }
    }

    private static func openFile(_ folder: String, _ number: Int) throws(StoreError) -> File {
        let path = path(folder, number)
        let isNew = !Directory.exists(path)
        return try onDisk { () throws(SystemError) in
            let file = try File(path, .create, mode: 0o600)
            if isNew { try Directory.sync(folder) }
            return file
        }
    }

    /// The end of the last sound entry, and of the file.
    private static func scan(
        _ file: File, accept: ([UInt8]) throws(StoreError) -> Bool
    ) throws(StoreError) -> (sound: UInt64, size: UInt64) {
        let bytes = try onDisk { () throws(SystemError) in
            try file.readAll(limit: Int(bytesMax) + (JournalEvent.bytesMax + 2) * 1024)
        }
        var position = 0
        while let entry = entry(in: bytes, at: position), try accept(entry) {
            position += 2 + entry.count
        }
        // A write that was cut off has nothing sound behind it; a flipped bit does.
        var next = position
        while let entry = entry(in: bytes, at: next) {
            next += 2 + entry.count
            guard JournalEvent(bytes: entry) == nil else {
                throw .damaged("the journal in \(file.path) at byte \(position)")
            }
        }
        return (UInt64(position), UInt64(bytes.count))
    }

    /// An entry behind its length.
    static func framed(_ entry: [UInt8]) -> [UInt8] {
        [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
    }

    /// The entry whose length stands at `position`; nil where there is no whole one.
    static func entry(in bytes: [UInt8], at position: Int) -> [UInt8]? {
        guard position + 2 <= bytes.count else { return nil }
        let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
        guard length > 0, position + 2 + length <= bytes.count else { return nil }
        return Array(bytes[position + 2..<position + 2 + length])
    }

    /// Adds entries with one write and one sync. On a full disk nothing is added.
    mutating func append(_ entries: [[UInt8]]) throws(StoreError) {
        if end >= Self.bytesMax {
            file = try Self.openFile(folder, number + 1)
            number += 1
            end = 0
        }
        var bytes: [UInt8] = []
        for entry in entries {
            precondition((1...JournalEvent.bytesMax).contains(entry.count))
            bytes += Self.framed(entry)
        }
        do throws(SystemError) {
            try file.write(bytes, offset: end)
        } catch {
            try? file.resize(to: end)
            throw StoreError(error, bytes: UInt64(bytes.count))
        }
        do throws(SystemError) {
            try file.syncData()
        } catch {
            throw .lostWrites(path: file.path)
        }
        end += UInt64(bytes.count)
    }

    /// Every entry in order.
    func readAll(_ take: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) {
        try Self.readAll(folder, take)
    }

    /// Every entry below a folder in order, also while another process adds some.
    static func readAll(
        _ folder: String, _ take: ([UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) {
        for number in try numbers(folder) {
            let file = try onDisk { () throws(SystemError) in
                try File(path(folder, number), .read)
            }
            _ = try scan(file) { entry throws(StoreError) in
                try take(entry)
                return true
            }
        }
    }
}
