import Testing

@testable import Node

@Suite struct PeerReadingTests {
    private static let second: UInt64 = 1_000_000_000

    /// Seconds after which a peer is given up that takes `rate` bytes a second; nil if never in
    /// ten minutes.
    private func end(rate: UInt64, isWaiting: (UInt64) -> Bool = { _ in true }) -> UInt64? {
        var reading = PeerReading()
        return (0..<600).first { second in
            reading.isStuck(
                at: second * Self.second, isWaiting: isWaiting(second), taken: second * rate)
        }
    }

    @Test func `one that takes nothing, or a byte now and then, is given up`() {
        #expect(end(rate: 0) == 60)
        #expect(end(rate: 1_000) == 60)
    }

    @Test func `a slow line is none, nor one with nothing to send`() {
        #expect(end(rate: 1_100) == nil)
        #expect(end(rate: 0, isWaiting: { _ in false }) == nil)
        // It begins anew whenever nothing waits.
        #expect(end(rate: 0, isWaiting: { $0 % 50 != 0 }) == nil)
    }
}
