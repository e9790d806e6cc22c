import Host
import Wire

/// The note in a home that it was made from a backup: the node it was made of may still run. It
/// is a small file of lines, so that it can be read, and removed, by hand.
public struct RestoredMark: Equatable, Sendable {
    /// For how long a home watches for its twin: records that a node signs come round within hours.
    public static let watchMilliseconds: UInt64 = 7 * 86_400_000

    /// Milliseconds since 1970 when it was restored.
    public let restored: UInt64
    /// When the twin was met; nil if it was not.
    public var met: UInt64?

    /// A mark.
    public init(restored: UInt64, met: UInt64? = nil) {
        self.restored = restored
        self.met = met
    }

    /// The mark of a home that is open; nil if it has none, or one that has done its work.
    public static func read(_ layout: Layout, now: UInt64) throws(StoreError) -> RestoredMark? {
        guard let bytes = try DurableFile.read(layout.restored, limit: 256) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let restored = lines.first.flatMap({ UInt64($0) }) else {
            throw .damaged(layout.restored)
        }
        let mark = RestoredMark(
            restored: restored, met: lines.dropFirst().first.flatMap { UInt64($0) })
        let (end, isOver) = restored.addingReportingOverflow(watchMilliseconds)
        return mark.met == nil && !isOver && now > end ? nil : mark
    }

    /// Keeps it.
    public func write(_ layout: Layout) throws(StoreError) {
        let text = "\(restored)\n" + (met.map { "\($0)\n" } ?? "")
        try DurableFile.write(Array(text.utf8), to: layout.restored)
    }

    /// Forgets it: the twin is gone for good.
    public static func remove(_ layout: Layout) throws(StoreError) {
        guard Directory.exists(layout.restored) else { return }
        try onDisk { () throws(SystemError) in
            try Directory.removeFile(layout.restored)
            try Directory.sync(layout.home)
        }
    }
}
