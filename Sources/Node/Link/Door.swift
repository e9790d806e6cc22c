import Host
import Swarm
import Wire

/// Counts handshakes in progress and the calls of each network, so that strangers cannot take up
/// all of them, nor this machine's time: a handshake costs it 0.35 ms.
final class Door: Sendable {
    /// Half-open connections at once.
    static let pendingMax = 256
    /// Half-open connections from one network of global addresses: a /24 or a /48.
    static let pendingPerSubnetMax = 8
    /// Calls from global addresses in a second, and at once after a pause: 200 handshakes are 7 %
    /// of a core.
    static let callsPerSecond: UInt64 = 200
    /// Calls from one network of global addresses in a second, and at once after a pause: a lab
    /// behind one router may start all of its machines.
    static let callsPerSubnetPerSecond: UInt64 = 5
    static let callsPerSubnetAtOnce: UInt64 = 64
    /// Networks whose calls are remembered; those that have nobody in the door are forgotten
    /// first.
    static let subnetsMax = 4_096

    private struct Callers {
        var pending = 0
        var calls = TokenBucket(
            perSecond: Door.callsPerSubnetPerSecond, burst: Door.callsPerSubnetAtOnce)
    }

    private struct State {
        var pending = 0
        var turnedAway: UInt64 = 0
        var calls = TokenBucket(perSecond: Door.callsPerSecond, burst: Door.callsPerSecond)
        var subnets: [Subnet: Callers] = [:]
    }

    private let state = Lock(State())

    /// Callers that found it shut since the node started.
    var turnedAway: UInt64 { state.withLock { $0.turnedAway } }

    /// Counts a newcomer in at a time in monotonic nanoseconds; false when there are too many.
    func enter(_ endpoint: Endpoint, at now: UInt64) -> Bool {
        state.withLock { state in
            let mayEnter =
                state.pending < Self.pendingMax
                && (Subnet(endpoint).map { Self.enter($0, &state, at: now) } ?? true)
            if mayEnter { state.pending += 1 } else { state.turnedAway += 1 }
            return mayEnter
        }
    }

    private static func enter(_ subnet: Subnet, _ state: inout State, at now: UInt64) -> Bool {
        if state.subnets.count >= subnetsMax, state.subnets[subnet] == nil {
            state.subnets = state.subnets.filter { $0.value.pending > 0 }
        }
        var callers = state.subnets[subnet] ?? Callers()
        // One network that calls too often takes nothing from the others.
        guard callers.pending < pendingPerSubnetMax, callers.calls.take(at: now),
            state.calls.take(at: now)
        else {
            state.subnets[subnet] = callers
            return false
        }
        callers.pending += 1
        state.subnets[subnet] = callers
        return true
    }

    /// Counts one out whose handshake ended, well or not.
    func leave(_ endpoint: Endpoint) {
        state.withLock { state in
            state.pending -= 1
            guard let subnet = Subnet(endpoint), let callers = state.subnets[subnet] else { return }
            state.subnets[subnet]?.pending = max(0, callers.pending - 1)
        }
    }
}
