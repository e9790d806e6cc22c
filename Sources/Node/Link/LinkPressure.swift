import Host
import Swarm

/// How hard the data plane of a node works: whether what arrives waits for the disk, and how busy
/// the threads of its links are.
final class LinkPressure: Sendable {
    private struct State {
        /// Of each lane: processor nanoseconds and time of the last look, and the busy part in
        /// thousandths since the one before.
        var lanes: [Int: (processor: UInt64, time: UInt64, busy: UInt64)] = [:]
        var waitingForDisk: UInt64 = 0
    }

    /// A lane that is busy for so many thousandths of the time is what limits a transfer.
    private static let busyPart: UInt64 = 900
    /// Nanoseconds after which a wait for a buffer is forgotten.
    private static let memory: UInt64 = 1_000_000_000

    private let state = Lock(State())

    /// A lane says how much processor time its thread has used.
    func note(lane: Int, processor: UInt64) {
        let now = Clock.monotonic()
        state.withLock { state in
            guard let last = state.lanes[lane] else {
                state.lanes[lane] = (processor, now, 0)
                return
            }
            guard now > last.time else { return }
            let busy = (processor - min(processor, last.processor)) * 1_000 / (now - last.time)
            state.lanes[lane] = (processor, now, busy)
        }
    }

    /// A group that arrived found no buffer: the disk does not keep up.
    func noteWait() {
        let now = Clock.monotonic()
        state.withLock { $0.waitingForDisk = now }
    }

    /// The status with what is seen here, where nothing else slows the fetch down.
    func explained(_ status: FetchStatus) -> FetchStatus {
        guard status.slow == .line else { return status }
        var status = status
        let now = Clock.monotonic()
        status.slow = state.withLock { state in
            if state.waitingForDisk > 0, now - min(now, state.waitingForDisk) < Self.memory {
                return .disk
            }
            return state.lanes.values.contains { $0.busy >= Self.busyPart } ? .processor : .line
        }
        return status
    }
}
