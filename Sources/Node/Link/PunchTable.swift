import Host
import Swarm
import Wire

/// Calls that both sides make at once: a router may let the other side's in before this side's is
/// out, and then it comes to the listener. Whoever calls from that host meanwhile is taken for it.
final class PunchTable: Sendable {
    private let punches = Lock([[UInt8]: Punch]())

    /// Expects a call from a host.
    func expect(_ punch: Punch, from host: [UInt8]) {
        punches.withLock { $0[host] = punch }
    }

    /// The punch that a call from a host belongs to; nil for none.
    func punch(from host: [UInt8], at now: UInt64) -> Punch? {
        punches.withLock { punches in
            punches = punches.filter { $0.value.end > now }
            return punches[host]
        }
    }

    /// A punch came to an end.
    func forget(_ dial: UInt64) {
        punches.withLock { punches in punches = punches.filter { $0.value.dial != dial } }
    }
}
