import Host

/// The files that hold the journal's entries: `NNNNNNNN.log`, each entry behind its length as 16
/// big-endian bits. Only the last one grows.
struct JournalSegments {
    /// A new file is begun when the last one has so many bytes: small enough to copy and check
    /// in a moment.
    static let bytesMax: UInt64 = 16 << 20
    /// One write and its sync cover so many bytes at most, sixty-four of the longest entries: no
    /// more than this can be lost or out of order when the power goes.
    static let writeBytesMax = 64 * (JournalEvent.bytesMax + 2)

    private let folder: String
    private var file: File
    private var number: Int
    private var end: UInt64
    /// Bytes behind the last sound entry when the journal was opened: a write that was cut off.
    let tailBytes: UInt64

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
    /// Where the entries stop making sense the journal ends, if what is behind can be one write
    /// that was cut off; else an entry was changed. `cutTail` removes the rest once the caller is
    /// content with what there is.
    init(
        _ folder: String, accept: ([UInt8]) throws(StoreError) -> Bool
    ) throws(StoreError) {
        self.folder = folder
        let numbers = try Self.numbers(folder)
        number = max(1, numbers.count)
        end = 0
        file = try Self.openFile(folder, number)
        var rest: UInt64 = 0
        for index in numbers {
            file = try Self.openFile(folder, index)
            let bytes = try Self.read(file)
            let sound = try Self.scan(bytes, accept: accept)
            end = UInt64(sound)
            rest = UInt64(bytes.count - sound)
            let isLast = index == numbers.last
            guard rest == 0 || isLast && Self.isCutOff(bytes, from: sound) else {
                throw .damaged("the journal in \(file.path) at byte \(sound)")
            }
        }
        tailBytes = rest
    }

    /// Whether what lies behind the last sound entry can be a write that a power failure cut off.
    ///
    /// The disk takes the pages of a write in any order, so whole entries can follow pages that
    /// never came; those are zeros. A changed entry has no sector of zeros and has sound ones
    /// behind it.
    private static func isCutOff(_ bytes: [UInt8], from position: Int) -> Bool {
        guard bytes.count - position <= writeBytesMax else { return false }
        var next = position
        var isFollowed = false
        while let entry = entry(in: bytes, at: next) {
            next += 2 + entry.count
            isFollowed = isFollowed || JournalEvent(bytes: entry) != nil
        }
        guard isFollowed else { return true }
        let end = position + 2 + (entry(in: bytes, at: position)?.count ?? 0)
        // An entry whose length is not there has none behind it, so its first sector came.
        var start = (position / sectorBytes + 1) * sectorBytes
        while start < end {
            let sectorEnd = min(start + sectorBytes, bytes.count)
            if bytes[start..<sectorEnd].allSatisfy({ $0 == 0 }) { return true }
            start = sectorEnd
        }
        return false
    }

    /// The least that a disk writes at a time.
    private static let sectorBytes = 512

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

    private static func read(_ file: File) throws(StoreError) -> [UInt8] {
        try onDisk { () throws(SystemError) in
            try file.readAll(limit: Int(bytesMax) + writeBytesMax)
        }
    }

    /// The end of the last entry that is sound.
    private static func scan(
        _ bytes: [UInt8], accept: ([UInt8]) throws(StoreError) -> Bool
    ) throws(StoreError) -> Int {
        var position = 0
        while let entry = entry(in: bytes, at: position), try accept(entry) {
            position += 2 + entry.count
        }
        return position
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

    /// Adds entries and syncs them, a few megabytes at a time. On a full disk nothing is added.
    mutating func append(_ entries: [[UInt8]]) throws(StoreError) {
        let (begun, bytesBefore) = (number, end)
        do throws(StoreError) {
            var bytes: [UInt8] = []
            for entry in entries {
                precondition((1...JournalEvent.bytesMax).contains(entry.count))
                if bytes.count + entry.count + 2 > Self.writeBytesMax {
                    try write(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
                bytes += Self.framed(entry)
            }
            try write(bytes)
        } catch {
            if case .lostWrites = error { throw error }
            guard takeBack(to: bytesBefore, of: begun) else {
                throw .lostWrites(path: file.path)
            }
            throw error
        }
    }

    /// Adds bytes with one write and one sync.
    private mutating func write(_ bytes: [UInt8]) throws(StoreError) {
        if bytes.isEmpty { return }
        if end >= Self.bytesMax {
            file = try Self.openFile(folder, number + 1)
            number += 1
            end = 0
        }
        do throws(SystemError) {
            try file.write(bytes, offset: end)
        } catch {
            throw StoreError(error, bytes: UInt64(bytes.count))
        }
        do throws(SystemError) {
            try file.syncData()
        } catch {
            throw .lostWrites(path: file.path)
        }
        end += UInt64(bytes.count)
    }

    /// Puts the files back to where an append began, durably: entries that were answered with an
    /// error must not be there after a power failure. False if that cannot be done.
    private mutating func takeBack(to size: UInt64, of begun: Int) -> Bool {
        do {
            let isLonger = number > begun
            while number > begun {
                try Directory.removeFile(Self.path(folder, number))
                number -= 1
            }
            if isLonger { try Directory.sync(folder) }
            file = try File(Self.path(folder, number), .write)
            try file.resize(to: size)
            try file.sync()
            end = size
            return true
        } catch {
            return false
        }
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
            _ = try scan(try read(file)) { entry throws(StoreError) in
                try take(entry)
                return true
            }
        }
    }
}
