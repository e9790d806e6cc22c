/// Makes cookies that prove that an address is the sender's own, and knows them again without
/// having kept any: each is a keyed hash of the address and of the time.
public struct CookieKey: Sendable {
    /// Nanoseconds after which cookies are others: one is good for one to two times as long.
    public static let epoch: UInt64 = 120 * 1_000_000_000

    private let key: [UInt8]

    /// A key of 32 secret bytes, new at every start.
    public init(_ key: [UInt8]) {
        precondition(key.count == 32)
        self.key = key
    }

    /// The cookie for an address at a monotonic time in nanoseconds.
    public func cookie(for endpoint: Endpoint, at now: UInt64) -> [UInt8] {
        cookie(for: endpoint, epoch: now / Self.epoch)
    }

    /// Whether a cookie was made for an address, in this epoch or in the one before.
    public func isCookie(_ cookie: [UInt8], of endpoint: Endpoint, at now: UInt64) -> Bool {
        let epoch = now / Self.epoch
        return Sodium.isEqual(cookie, self.cookie(for: endpoint, epoch: epoch))
            || epoch > 0
                && Sodium.isEqual(cookie, self.cookie(for: endpoint, epoch: epoch - 1))
    }

    private func cookie(for endpoint: Endpoint, epoch: UInt64) -> [UInt8] {
        var writer = Writer(reserving: 27)
        writer.write(epoch)
        endpoint.encode(to: &writer)
        return Sodium.blake2b(writer.bytes, key: key, count: ColdQuestion.wordBytes)
    }
}
