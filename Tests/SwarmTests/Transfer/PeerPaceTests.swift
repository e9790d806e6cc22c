import Testing

@testable import Swarm

@Suite struct PeerPaceTests {
    private static let group: UInt64 = 1 << 20

    /// A peer behind a line of so many bytes a second, asked for as much as it may be for a while.
    private func pace(
        _ rate: UInt64, roundTrip: UInt64, groups: Int = 200, connections: Int = 1
    ) -> PeerPace {
        var pace = PeerPace()
        var (now, free) = (UInt64(Span.second), UInt64(0))
        var due: [UInt64] = []
        for _ in 0..<groups {
            while pace.hasRoom(for: Self.group) {
                pace.ask(Self.group, at: now)
                free = max(free, now + roundTrip / 2) + Self.group * Span.second / rate
                due.append(free + roundTrip / 2)
            }
            now = due.removeFirst()
            pace.drop(Self.group)
            pace.arrived(
                Self.group, at: now, roundTrip: roundTrip, connections: connections)
        }
        return pace
    }

    @Test(
        arguments: [
            (12_500_000, 1, 3), (12_500_000, 50, 5), (125_000_000, 50, 32), (1_000_000, 300, 2),
            (1_000_000, 1, 1),
        ] as [(UInt64, UInt64, UInt64)])
    func `the window covers the line and is no larger than it needs`(
        rate: UInt64, milliseconds: UInt64, groups: UInt64
    ) throws {
        let pace = pace(rate, roundTrip: milliseconds * Span.millisecond)
        let measured = try #require(pace.rate)
        #expect(measured > rate * 9 / 10 && measured < rate * 11 / 10)
        #expect(pace.window / Self.group == groups)
    }

    @Test func `each connection has a group ahead where the way is long for a group`() {
        func groups(_ rate: UInt64, _ milliseconds: UInt64, _ connections: Int) -> UInt64 {
            pace(rate, roundTrip: milliseconds * Span.millisecond, connections: connections)
                .window / Self.group
        }
        #expect(groups(12_500_000, 50, 1) == 5 && groups(12_500_000, 50, 3) == 7)
        #expect(groups(250_000, 20, 1) == groups(250_000, 20, 3), "they would only be late")
    }

    @Test func `a peer that is asked for nothing has room, one that owes much has none`() {
        var pace = PeerPace()
        #expect(pace.hasRoom(for: 1 << 40))
        pace.ask(Self.group, at: 0)
        #expect(!pace.hasRoom(for: 2 * Self.group))
        #expect(pace.hasRoom(for: 2 * Self.group, isAlone: true))
        pace.drop(Self.group)
        for _ in 1..<PeerPace.windowFirst / Self.group { pace.ask(Self.group, at: 0) }
        #expect(pace.hasRoom(for: Self.group) && !pace.hasRoom(for: Self.group + 1))
        pace.ask(Self.group, at: 0)
        #expect(!pace.hasRoom(for: 1))
        for _ in 0..<PeerPace.windowFirst / Self.group { pace.drop(Self.group) }
        for _ in 0..<PeerPace.askedMax { pace.ask(1, at: 0) }
        #expect(!pace.hasRoom(for: 1))
        #expect(pace.asked == PeerPace.askedMax && pace.askedBytes == UInt64(PeerPace.askedMax))
    }

    @Test func `it is late after what it takes and four times how much that varies`() {
        let steady = pace(12_500_000, roundTrip: Span.millisecond)
        #expect(steady.patience(floor: 0) < 2 * Self.group * Span.second / 12_500_000)
        #expect(steady.patience(floor: Span.second) == Span.second)
        #expect(PeerPace().patience(floor: 0) == 10 * Span.second)
    }

    @Test func `a rate that rises makes room at once where nobody else has it`() {
        /// The window after groups at 5 MB/s, then at 50, then at 5 again.
        func windows(isAlone: Bool) -> [UInt64] {
            var pace = PeerPace()
            var now = UInt64(Span.second)
            for _ in 0..<3 { pace.ask(Self.group, at: now) }
            return [(10, 200), (12, 20), (60, 200)].map { count, milliseconds in
                for _ in 0..<count {
                    now += UInt64(milliseconds) * Span.millisecond
                    pace.drop(Self.group)
                    pace.arrived(
                        Self.group, at: now, roundTrip: 50 * Span.millisecond, isAlone: isAlone)
                    pace.ask(Self.group, at: now)
                }
                return pace.window / Self.group
            }
        }
        let (alone, among) = (windows(isAlone: true), windows(isAlone: false))
        #expect(alone[0] == 3 && among[0] == 3 && alone[2] == 3 && among[2] == 3)
        #expect(among[1] < alone[1], "\(among) \(alone)")
    }

    @Test func `one that stalled begins anew with one group`() {
        var pace = pace(12_500_000, roundTrip: Span.millisecond)
        pace.stalled()
        #expect(pace.window == Self.group && pace.rate == nil && pace.span(for: 1) == nil)
    }

    @Test func `the span to bring something counts what it owes`() throws {
        var pace = PeerPace()
        pace.ask(Self.group, at: 0)
        pace.drop(Self.group)
        pace.arrived(Self.group, at: Span.second, roundTrip: nil)
        #expect(pace.rate == Self.group)
        pace.ask(Self.group, at: Span.second)
        let span = try #require(pace.span(for: Self.group))
        #expect(span / Span.millisecond == 2001)
    }
}
