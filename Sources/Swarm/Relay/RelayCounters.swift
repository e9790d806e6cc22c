import Wire

/// What a relay did, for its owner.
public struct RelayCounters: Equatable, Sendable {
    /// Circuits that stood.
    public internal(set) var opened: UInt64 = 0
    /// Bytes that passed, both directions.
    public internal(set) var bytes: UInt64 = 0
    /// Places and circuits that were refused, by reason.
    public private(set) var refused: [RelayMessage.Reason: UInt64] = [:]

    mutating func refuse(_ reason: RelayMessage.Reason) { refused[reason, default: 0] += 1 }
}
