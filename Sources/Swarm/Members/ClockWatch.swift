import Wire

/// What is known of this machine's clock beside those of its peers. Only people set clocks: the
/// node tells its owner and changes nothing.
struct ClockWatch: Sendable {
    /// Wall minus monotonic milliseconds at the last look; nil before the first.
    var offset: Int64?
    /// Monotonic nanoseconds of the next comparison with the peers'.
    var due: UInt64 = 0
    /// Whether the owner was told that the clock is wrong and it has not been right since.
    var isTold = false
}

/// How this machine's clock stands to those of its peers.
public struct ClockComparison: Equatable, Sendable {
    /// Milliseconds by which it is ahead of the middle one of them.
    public let aheadMilliseconds: Int64
    /// Peers in as many parts of the network whose clocks it was held against.
    public let peers: Int
}

extension Swarm {
    /// Held against fewer, nobody knows whose clock is wrong.
    private static let peersMin = 3
    /// What honest clocks, long ways and slow machines make of a difference at most.
    private static let toldAbove: Int64 = 60_000
    /// Below this it is right again.
    private static let rightBelow: Int64 = 30_000

    /// This machine's clock beside those of its peers, as they told it at the beginning of their
    /// sessions; nil with too few of them. One peer counts in each part of the network: whoever
    /// rules one part has one voice.
    public var clock: ClockComparison? {
        var offsets: [Netgroup: Int64] = [:]
        var near: [Int64] = []
        for session in sessions.values {
            guard let offset = session.clockOffset else { continue }
            if let group = Netgroup(session.facts.endpoint) {
                offsets[group] = offset
            } else {
                near.append(offset)
            }
        }
        let all = (near + offsets.values).sorted()
        guard all.count >= Self.peersMin else { return nil }
        return ClockComparison(
            aheadMilliseconds: monotonicOffset - all[all.count / 2], peers: all.count)
    }

    /// Wall minus monotonic milliseconds now.
    private var monotonicOffset: Int64 {
        Int64(clamping: now.wall) - Int64(clamping: now.monotonic / Span.millisecond)
    }

    /// A peer said what its clock shows.
    mutating func hearClock(_ wall: UInt64, of number: SessionNumber) {
        let (offset, isOver) = Int64(clamping: wall).subtractingReportingOverflow(
            Int64(clamping: now.monotonic / Span.millisecond))
        guard !isOver else { return }
        _ = sessions.change(number) { $0.clockOffset = offset }
        let difference = wall > now.wall ? wall - now.wall : now.wall - wall
        if difference > Limits.clockSkewMilliseconds, let peer = sessions[number]?.facts.peer {
            effects.append(
                .log(
                    "the clock of \(peer.fingerprint) differs from ours by "
                        + "\(difference / 1000) s; records of one of us may look expired"))
        }
    }

    /// After a jump of the clock the records signed before it carry the wrong times, and records
    /// that a wrong clock took for expired are taken in again.
    mutating func watchClock() {
        let offset = monotonicOffset
        let last = clockWatch.offset
        clockWatch.offset = offset
        if clockWatch.due <= now.monotonic {
            clockWatch.due = now.monotonic + 10 * Span.second
            compareClock()
        }
        guard let last else { return }
        let (jump, isOver) = offset.subtractingReportingOverflow(last)
        guard isOver || jump.magnitude > Limits.clockSkewMilliseconds else { return }
        effects.append(.log("the clock jumped; this node's records are announced anew"))
        gossip.forgetSeen()
        neighbourhood.forgetAll()
        circleNews.forgetAll()
        publishing.republishDue = max(now.monotonic, publishing.republishAfter)
    }

    private mutating func compareClock() {
        guard let clock else { return }
        let distance = clock.aheadMilliseconds.magnitude
        if clockWatch.isTold, distance < UInt64(Self.rightBelow) {
            clockWatch.isTold = false
            effects.append(.log("this machine's clock agrees with its peers again"))
        } else if !clockWatch.isTold, distance > UInt64(Self.toldAbove) {
            clockWatch.isTold = true
            let side = clock.aheadMilliseconds > 0 ? "ahead of" : "behind"
            effects.append(
                .log(
                    "this machine's clock is \(distance / 1_000) s \(side) those of "
                        + "\(clock.peers) other nodes: set it, or what it says looks expired or "
                        + "as from the future to them"))
        }
    }
}
