/// What the owner of a node gives to relay for others. Off unless the owner says so: it costs
/// bandwidth that nobody else pays for.
public struct RelayOffer: Equatable, Sendable {
    /// Circuits at once. Each keeps at most a window in each direction, 1 MiB.
    public var circuits = 32
    /// Bytes a second over all circuits and both directions: what a home line can give away
    /// without being felt.
    public var bytesPerSecond: UInt64 = 2 << 20
    /// Bytes in a day: what a cheap rented machine has in its price.
    public var bytesPerDay: UInt64 = 32 << 30

    /// Most circuits that an owner may give: their windows are half a gigabyte.
    public static let circuitsMax = 512
    /// The slowest that is of use to anybody, bytes a second.
    public static let bytesPerSecondMin: UInt64 = 16 << 10
    /// Faster than any line; a second's worth in nanoseconds still fits a number.
    public static let bytesPerSecondMax: UInt64 = 8 << 30

    /// The limits unless the owner names others.
    public init() {}
}
