import Testing
import Wire

@testable import Swarm

@Suite struct BanLedgerTests {
    private let peer = Driver.key(7).publicKey

    @Test func `the first ban is short, the next within a day long, one after a day short`() {
        var ledger = BanLedger()
        ledger.ban(peer, "first", isShutOut: false, at: 5)
        #expect(ledger[peer] == Ban(until: 5 + 10 * Span.minute, reason: "first", isShutOut: false))
        // The answers of the same burst.
        ledger.ban(peer, "same burst", isShutOut: false, at: 6)
        #expect(ledger[peer]?.until == 6 + 10 * Span.minute)
        ledger.expire(at: 6 + 10 * Span.minute)
        #expect(ledger.isEmpty)
        let later = 23 * Span.hour
        ledger.ban(peer, "again", isShutOut: false, at: later)
        #expect(ledger[peer]?.until == later + Span.day)
        ledger.expire(at: later + Span.day)
        #expect(ledger.isEmpty)
        ledger.ban(peer, "a day after", isShutOut: false, at: later + 2 * Span.day)
        #expect(ledger[peer]?.until == later + 2 * Span.day + 10 * Span.minute)
    }

    @Test func `a ban that shuts out is made no milder by the next, nor a long one shorter`() {
        var ledger = BanLedger()
        ledger.ban(peer, "faults", isShutOut: true, at: 0)
        ledger.expire(at: Span.hour)
        ledger.ban(peer, "faults", isShutOut: true, at: Span.hour)
        ledger.ban(peer, "bytes", isShutOut: false, at: Span.hour + 1)
        #expect(ledger[peer]?.isShutOut == true)
        #expect(ledger[peer]?.until == Span.hour + Span.day)
    }

    @Test func `whom the owner forgives begins anew`() {
        var ledger = BanLedger()
        let isLiftedEarly = ledger.lift(peer)
        #expect(!isLiftedEarly)
        ledger.ban(peer, "bytes", isShutOut: false, at: 0)
        let isLifted = ledger.lift(peer)
        #expect(isLifted && ledger.isEmpty)
        ledger.ban(peer, "bytes", isShutOut: false, at: Span.hour)
        #expect(ledger[peer]?.until == Span.hour + 10 * Span.minute)
    }

    @Test func `a full ledger forgets what ends first`() throws {
        var ledger = BanLedger()
        let keys = try (0...SwarmLimits.bansMax).map { number in
            let bytes =
                [UInt8](repeating: 0, count: 30) + [UInt8(number >> 8), UInt8(number & 255)]
            return try #require(NodeKey(bytes: bytes))
        }
        for (number, key) in keys.enumerated() {
            ledger.ban(key, "bytes", isShutOut: false, at: UInt64(number))
        }
        #expect(ledger.entries.count == SwarmLimits.bansMax)
        #expect(ledger[keys[0]] == nil && ledger[keys[1]] != nil)
    }
}
