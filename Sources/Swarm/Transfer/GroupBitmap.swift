import Wire

/// Which groups of a blob are somewhere: a bit for each, the least significant of the first byte
/// first, as the wire has it.
struct GroupBitmap: Equatable, Sendable {
    /// The bits; what lies behind the last group is 0.
    private(set) var bytes: [UInt8]
    /// Groups of the blob.
    let count: Int

    /// The first `count` bits of `bytes`; those that are missing are 0.
    init(count: Int, bytes: [UInt8] = []) {
        self.count = count
        let needed = (count + 7) / 8
        self.bytes = Array(bytes.prefix(needed))
        self.bytes += [UInt8](repeating: 0, count: needed - self.bytes.count)
        let rest = count % 8
        if rest > 0 { self.bytes[needed - 1] &= UInt8(1 << rest) - 1 }
    }

    /// Whether a group is there.
    func has(_ group: UInt64) -> Bool {
        group < UInt64(count) && bytes[Int(group / 8)] >> UInt8(group % 8) & 1 == 1
    }

    /// Adds a group; whether it is new.
    mutating func insert(_ group: UInt64) -> Bool {
        guard group < UInt64(count), !has(group) else { return false }
        bytes[Int(group / 8)] |= 1 << UInt8(group % 8)
        return true
    }
}
