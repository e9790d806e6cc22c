/// The secret of the hour with which a node maps items to symbols. A peer that knows it can spoil
/// its own comparison alone; whoever makes records does not know those of the nodes that will hold
/// them, and can make none that do not decode.
public struct SketchSalt: Hashable, Sendable {
    /// Number of bytes.
    public static let byteCount = 16

    /// The bytes, a key of SipHash-2-4.
    public let bytes: [UInt8]

    /// A salt of 16 bytes; nil for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    init(from reader: inout Reader) throws(WireError) {
        bytes = try reader.readBytes(Self.byteCount)
    }

    /// The salted hash of an item: the generator of its places begins with it.
    func hash(_ item: UInt64) -> UInt64 { Sodium.shortHash(item, key: bytes) }
}

/// The symbols to which an item is mapped, in rising order: symbol 0, and symbol i with a chance of
/// 2 in i + 2 (Yang, Gilad, Alizadeh: Practical Rateless Set Reconciliation, SIGCOMM 2024, with
/// α = 1/2). The chance that an item skips all from i + 1 to j is (i+1)(i+2) / ((j+1)(j+2)), so an
/// even chance u gives the next place by solving for j.
struct SketchPlaces {
    private(set) var index: UInt64 = 0
    private var state: UInt64

    init(hash: UInt64) { state = hash }

    /// Places behind this are never asked for.
    private static let far = 9e15

    mutating func advance() {
        // SplitMix64 (Steele, Lea, Flood 2014).
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        let chance = Double((bits >> 11) + 1) * 0x1p-53
        let product = Double(index + 1) * Double(index + 2)
        let next = ((product / chance + 0.25).squareRoot() - 1.5).rounded(.up)
        index = max(index + 1, UInt64(min(next, Self.far)))
    }
}
