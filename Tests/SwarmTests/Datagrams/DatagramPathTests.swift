import Testing
import Wire

@testable import Swarm

@Suite struct DatagramPathTests {
    private let place = Driver.address(7)
    private let millisecond: UInt64 = 1_000_000

    /// Lets time pass, waking it when it is due; what it wanted, and when.
    private func pass(
        _ path: inout DatagramPath, from start: UInt64, for span: UInt64
    ) -> [(time: UInt64, step: DatagramPath.Step)] {
        var steps: [(UInt64, DatagramPath.Step)] = []
        var now = start
        while path.due <= start + span {
            now = max(now, path.due)
            steps += path.wake(now: now).map { (now, $0) }
        }
        return steps
    }

    /// A path that a ping has opened at `at`, with a round trip of a millisecond.
    private func opened(at start: UInt64) throws -> DatagramPath {
        var path = DatagramPath(seed: 3)
        path.offered(at: place, now: start)
        let steps = path.wake(now: start)
        guard case .ping(let number, place)? = steps.first else {
            throw WireError.invalid("no ping")
        }
        #expect(path.answered(number, from: place, now: start + millisecond) == false)
        #expect(path.standing == .open && path.openTarget == place)
        return path
    }

    @Test func `nothing but a ping goes where no answer came from`() throws {
        var path = DatagramPath(seed: 3)
        #expect(path.standing == .unknown && path.due == .max)
        path.offered(at: place, now: 5)
        #expect(path.openTarget == nil && path.take(ping: 9, now: 5) == nil)
        #expect(path.carry(now: 5) == nil)
        let steps = path.wake(now: 5)
        guard case .ping(_, place)? = steps.first, steps.count == 1 else {
            Issue.record("\(steps)")
            return
        }
        #expect(path.openTarget == nil)
    }

    @Test func `a closed way costs three pings, and as many after pauses that double`() {
        var path = DatagramPath(seed: 3)
        path.offered(at: place, now: 0)
        let hour = 3_600_000 * millisecond
        let times = pass(&path, from: 0, for: 24 * hour).map { $0.time / (1_000 * millisecond) }
        #expect(times.prefix(9) == [0, 0, 1, 11, 12, 12, 33, 33, 34])
        #expect(times.count < 3 * (9 + 48), "\(times.count) in a day")
        #expect(path.standing == .closed)
    }

    @Test func `an open way falls back at once after three pings, each asked again`() throws {
        var path = try opened(at: 0)
        #expect(path.take(ping: 77, now: 10 * millisecond) == place)
        #expect(path.take(ping: 78, now: 11 * millisecond) == nil, "one waits")
        let steps = pass(&path, from: 10 * millisecond, for: 900 * millisecond)
        #expect(steps.first?.step == .askAgain(77))
        #expect(steps.first.map { $0.time / millisecond } == 61)
        #expect(steps.count == 3 && path.standing == .closed && path.openTarget == nil)
        #expect(path.take(ping: 79, now: 1_000 * millisecond) == nil)
    }

    @Test func `one lost ping closes nothing, and its answer may come late`() throws {
        var path = try opened(at: 0)
        #expect(path.take(ping: 77, now: 10 * millisecond) != nil)
        let steps = path.wake(now: 61 * millisecond)
        #expect(steps.count == 2 && steps.first == .askAgain(77))
        path.forget(77)
        guard case .ping(let own, _)? = steps.last else {
            Issue.record("the way itself is asked")
            return
        }
        #expect(path.answered(own, from: place, now: 62 * millisecond) == false)
        #expect(path.take(ping: 78, now: 70 * millisecond) == place)
        #expect(path.answered(78, from: place, now: 71 * millisecond) == true)
        #expect(path.answered(78, from: place, now: 71 * millisecond) == false)
        #expect(path.standing == .open)
    }

    @Test func `an open way that is quiet is asked each 15 s, one that carries sooner`() throws {
        var path = try opened(at: 0)
        let second = 1_000 * millisecond
        #expect(path.carry(now: second) == nil)
        #expect(path.due == 15 * second + millisecond)
        guard case .ping(let number, place)? = path.carry(now: 3 * second) else {
            Issue.record("what it carries may all be lost")
            return
        }
        #expect(path.carry(now: 3 * second) == nil)
        _ = path.answered(number, from: place, now: 3 * second + millisecond)
        let steps = pass(&path, from: 4 * second, for: 14 * second + 10 * millisecond)
        #expect(steps.count == 1 && path.standing == .open)
    }

    @Test func `a router's port is answered, a closed way is tried where something came from`() {
        var path = DatagramPath(seed: 3)
        let outside = place.with(port: 40_000)
        path.heard(from: outside, now: 0)
        #expect(path.target == nil, "the peer has not said that it wants any")
        path.offered(at: place, now: 0)
        _ = path.wake(now: 0)
        path.heard(from: outside, now: 100 * millisecond)
        let steps = path.wake(now: 100 * millisecond)
        guard case .ping(let number, outside)? = steps.last else {
            Issue.record("\(steps)")
            return
        }
        _ = path.answered(number, from: outside, now: 120 * millisecond)
        #expect(path.openTarget == outside)
        // Another datagram does not move what is open.
        path.heard(from: place, now: 130 * millisecond)
        #expect(path.openTarget == outside)
        _ = pass(&path, from: 130 * millisecond, for: 40_000 * millisecond)
        #expect(path.standing != .open)
        // The router has forgotten the port: the one that was told is tried again.
        _ = pass(&path, from: 40_200 * millisecond, for: 30_000 * millisecond)
        #expect(path.target == place)
    }

    @Test func `a new key at the same place disturbs nothing`() throws {
        var path = try opened(at: 0)
        path.offered(at: place, now: 5)
        #expect(path.standing == .open && path.due > 5)
        path.offered(at: place.with(port: 9), now: 6)
        #expect(path.openTarget == place, "what works stays")
    }
}
