import Host
import Wire

/// The note in a home that another node with its key was met alive. It is a small file of lines, so
/// that it can be read, and removed, by hand.
public struct TwinMark: Equatable, Sendable {
    /// For how long a meeting is told of: a twin that lives is met again within hours.
    public static let toldMilliseconds: UInt64 = 86_400_000
    /// Longest line of places.
    private static let placesMax = 1_024

    /// Milliseconds since 1970 when it was met last.
    public let met: UInt64
    /// Where it is, as far as that is known, in words.
    public let places: [String]

    /// A mark; `places` are addresses without blanks.
    public init(met: UInt64, places: [String]) {
        (self.met, self.places) = (met, places)
    }

    /// The mark of a home; nil if it has none.
    public static func read(_ layout: Layout) throws(StoreError) -> TwinMark? {
        guard let bytes = try DurableFile.read(layout.twin, limit: placesMax + 64) else {
            return nil
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let met = lines.first.flatMap({ UInt64($0) }) else { throw .damaged(layout.twin) }
        let places = lines.dropFirst().first?.split(separator: " ").map { String($0) } ?? []
        return TwinMark(met: met, places: places.filter { PlainText.isPlain($0) })
    }

    /// Keeps it.
    public func write(_ layout: Layout) throws(StoreError) {
        let words = String(places.joined(separator: " ").prefix(Self.placesMax))
        try DurableFile.write(Array("\(met)\n\(words)\n".utf8), to: layout.twin)
    }

    /// Whether it is worth telling at a time in milliseconds since 1970.
    public func isFresh(at now: UInt64) -> Bool {
        now < met.addingReportingOverflow(Self.toldMilliseconds).partialValue
    }
}
