import Host

/// One change below a home folder, as the library of `Tests/CrashTrace` writes it down.
public struct TraceEntry: Sendable {
    /// What was done; `crash_trace.h` says it in full.
    public enum Kind: UInt8, Sendable {
        case create = 1
        case write = 2
        case truncate = 3
        case sync = 4
        case rename = 5
        case unlink = 6
        case mkdir = 7
        case rmdir = 8
        case symlink = 9
        case link = 10
        case syncAll = 11
        case mark = 12
    }

    /// What was done.
    public let kind: Kind
    /// The file's number while it lived.
    public let inode: UInt64
    /// Offset of a write, size of a truncation.
    public let place: UInt64
    /// Path below the home, with a `/` in front; empty for the home itself.
    public let path: String
    /// The second path of a rename, the target of a symbolic link.
    public let other: String
    /// The bytes of a write, the text of a mark.
    public let data: ArraySlice<UInt8>
}

/// A trace: what one or more processes did to a home, one after the other.
public enum TraceLog {
    private static let headBytes = 27

    /// Every whole entry of the file.
    public static func read(_ path: String) throws -> [TraceEntry] {
        let bytes = try File(path, .read).readAll(limit: 1 << 30)
        var entries: [TraceEntry] = []
        var position = 0
        func number(_ count: Int, at start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in (0..<count).reversed() {
                value = value << 8 | UInt64(bytes[start + index])
            }
            return value
        }
        func text(_ range: Range<Int>) -> String {
            String(decoding: bytes[range], as: UTF8.self)
        }
        while position + headBytes <= bytes.count {
            let pathStart = position + headBytes
            let pathEnd = pathStart + Int(number(2, at: position + 25))
            guard pathEnd + 2 <= bytes.count else { break }
            let otherEnd = pathEnd + 2 + Int(number(2, at: pathEnd))
            guard otherEnd + 4 <= bytes.count else { break }
            let end = otherEnd + 4 + Int(number(4, at: otherEnd))
            guard end <= bytes.count, let kind = TraceEntry.Kind(rawValue: bytes[position]) else {
                break
            }
            entries.append(
                TraceEntry(
                    kind: kind, inode: number(8, at: position + 1),
                    place: number(8, at: position + 9), path: text(pathStart..<pathEnd),
                    other: text(pathEnd + 2..<otherEnd), data: bytes[otherEnd + 4..<end]))
            position = end
        }
        return entries
    }

    /// Adds a line that a process, or the test that waits for its answer, says of itself.
    public static func mark(_ text: String, in path: String) throws {
        let words = Array(text.utf8)
        var bytes = [UInt8](repeating: 0, count: headBytes + 2)
        bytes[0] = TraceEntry.Kind.mark.rawValue
        for shift in 0..<4 { bytes.append(UInt8(words.count >> (8 * shift) & 255)) }
        // Opened to append: the offset is that of the end.
        try File(path, .append).write(bytes + words, offset: 0)
    }
}
