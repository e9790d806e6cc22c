/// Which groups of a blob are there: one bit a group, least significant first.
public struct GroupSet: Equatable, Sendable {
    /// Number of groups of the blob.
    public let count: Int
    /// The bits, eight a byte; bits beyond the last group are zero.
    public private(set) var bytes: [UInt8]
    /// Number of groups that are there.
    public private(set) var presentCount: Int

    /// No groups of `count`.
    public init(count: Int) {
        precondition(count > 0)
        self.count = count
        bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
        presentCount = 0
    }

    /// A set from its bits; nil if they are not those of `count` groups.
    public init?(count: Int, bytes: [UInt8]) {
        guard count > 0, bytes.count == (count + 7) / 8 else { return nil }
        let rest = count % 8
        if rest > 0, let last = bytes.last, last >> UInt8(rest) != 0 { return nil }
        self.count = count
        self.bytes = bytes
        presentCount = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// The first `count` bits of `bytes`, as peers and shells send them: those that are missing
    /// are zero, what lies behind is passed over.
    public init(count: Int, firstOf bytes: [UInt8]) {
        self.init(count: count)
        for (place, byte) in bytes.prefix(self.bytes.count).enumerated() {
            self.bytes[place] = byte
        }
        let rest = count % 8
        if rest > 0 { self.bytes[self.bytes.count - 1] &= UInt8(1 << rest) - 1 }
        presentCount = self.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Whether every group is there.
    public var isComplete: Bool { presentCount == count }

    /// Whether group `index` is there.
    public func contains(_ index: Int) -> Bool {
        precondition((0..<count).contains(index))
        return bytes[index >> 3] >> UInt8(index & 7) & 1 == 1
    }

    /// Adds group `index`; whether it is new.
    @discardableResult
    public mutating func insert(_ index: Int) -> Bool {
        guard !contains(index) else { return false }
        bytes[index >> 3] |= 1 << UInt8(index & 7)
        presentCount += 1
        return true
    }

    /// Removes group `index`.
    public mutating func remove(_ index: Int) {
        guard contains(index) else { return }
        bytes[index >> 3] &= ~(1 << UInt8(index & 7))
        presentCount -= 1
    }

    /// The groups that are there, in order.
    public var present: [Int] { (0..<count).filter { contains($0) } }

    /// The groups that are missing, in order.
    public var missing: [Int] { (0..<count).filter { !contains($0) } }
}
