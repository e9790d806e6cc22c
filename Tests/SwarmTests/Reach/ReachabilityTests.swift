import Testing
import Wire

@testable import Swarm

@Suite struct ReachabilityTests {
    private func group(_ first: UInt8) throws -> Netgroup {
        try #require(Netgroup(Driver.address(1, [first, 1, 1])))
    }

    private func reachability(_ votes: [(UInt8, Bool)], at now: UInt64 = 0) throws -> Reachability {
        var reachability = Reachability()
        for (first, isReached) in votes {
            reachability.note(
                .init(isReached: isReached, host: [9, 9, 9, 9], at: now), by: try group(first))
        }
        return reachability
    }

    @Test func `two parts that reached it are wanted, one that did not is enough`() throws {
        #expect(try reachability([]).verdict(at: 0) == .unknown)
        #expect(try reachability([(11, true)]).verdict(at: 0) == .unknown)
        #expect(try reachability([(11, true), (12, true)]).verdict(at: 0) == .reachable)
        #expect(try reachability([(11, false)]).verdict(at: 0) == .unreachable)
        let torn = try reachability([(11, true), (12, true), (13, false), (14, false)])
        #expect(torn.verdict(at: 0) == .unreachable)
        let lied = try reachability([(11, true), (12, true), (13, false)])
        #expect(lied.verdict(at: 0) == .reachable)
    }

    @Test func `one part has one vote, which is asked for anew and then runs out`() throws {
        let once = try reachability([(11, true), (11, true)])
        #expect(once.verdict(at: 0) == .unknown)
        #expect(!once.isDue(try group(11), at: ReachLimits.voteSpan - 1))
        #expect(once.isDue(try group(11), at: ReachLimits.voteSpan))
        let two = try reachability([(11, true), (12, true)])
        #expect(two.wasReached(at: [9, 9, 9, 9]) && !two.wasReached(at: [9, 9, 9, 8]))
        #expect(two.verdict(at: ReachLimits.voteLife) == .unknown)
    }

    @Test func `keeps so many votes, and asks nobody beyond them`() throws {
        var full = try reachability((1...8).map { ($0, true) })
        #expect(!full.isDue(try group(99), at: 0))
        full.note(.init(isReached: false, host: [1], at: 5), by: try group(99))
        #expect(full.votes.count == ReachLimits.votesMax)
    }
}
