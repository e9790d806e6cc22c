/// How the publisher of a layer wants copies of it to spread: repeated in her Layer record out of
/// her propagation statement, so that those who may keep a copy know it before they fetch. Mirror
/// records have none: it would be a holder's word.
public struct LayerSpread: Equatable, Sendable {
    /// How soon those who follow take a new version.
    public enum Pace: UInt64, CaseIterable, Sendable {
        /// As soon as they hear of it.
        case immediate = 0
        /// After a while, several at a time.
        case batched = 1
        /// When their owners say so.
        case manual = 2

        /// Its name in statements and on the command line.
        public var name: String { "\(self)" }

        /// The pace of a name; nil for other words.
        public init?(name: String) {
            guard let pace = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = pace
        }
    }

    /// Most copies that may be wanted: where more than that hold a layer by themselves, nobody has
    /// to see to it.
    public static let copiesMax = 64
    /// Most mirrors that a record names, in 8 bytes each: a record has room for little more.
    public static let mirrorsMax = 8

    /// How soon.
    public var pace: Pace
    /// Copies that should live, the publisher's own among them; nil where she wants no number.
    public var copies: Int?
    /// Seconds since 1970 from when all of this holds no longer; nil for never.
    public var until: UInt64?
    /// The first eight bytes of the keys of mirrors that take it at once, big-endian, ascending.
    public var mirrors: [UInt64]

    /// What a publisher wants.
    public init(
        pace: Pace = .immediate, copies: Int? = nil, until: UInt64? = nil, mirrors: [NodeKey] = []
    ) {
        self.pace = pace
        self.copies = copies
        self.until = until
        self.mirrors = Set(mirrors.map(Self.mark)).sorted()
    }

    /// By what a record names a mirror. Who makes a key with the same beginning gains that it may
    /// take at once what it could take anyway.
    public static func mark(_ mirror: NodeKey) -> UInt64 { mirror.digest.words.0 }

    /// Whether it names a mirror.
    public func names(_ mirror: NodeKey) -> Bool { mirrors.contains(Self.mark(mirror)) }

    /// Whether it holds at a time, in seconds since 1970.
    public func isInForce(at seconds: Int64) -> Bool {
        until.map { seconds < Int64(clamping: $0) } ?? true
    }

    init(from reader: inout Reader) throws(WireError) {
        // One that a newer program knows is waited out rather than guessed.
        pace = Pace(rawValue: try reader.readVarint()) ?? .manual
        let copies = try reader.readVarint()
        guard copies <= UInt64(Self.copiesMax) else { throw .tooLarge("copies") }
        self.copies = copies == 0 ? nil : Int(copies)
        let until = try reader.readVarint()
        self.until = until == 0 ? nil : until
        let count = try reader.readCount(limit: Self.mirrorsMax, "mirrors")
        mirrors = []
        for _ in 0..<count {
            let mark = try reader.readUInt64()
            guard mirrors.last.map({ $0 < mark }) ?? true else { throw .notCanonical }
            mirrors.append(mark)
        }
    }

    func write(to writer: inout Writer) {
        writer.writeVarint(pace.rawValue)
        writer.writeVarint(UInt64(copies ?? 0))
        writer.writeVarint(until ?? 0)
        writer.writeVarint(UInt64(mirrors.count))
        for mark in mirrors { writer.write(mark) }
    }
}
