import Host
import Wire

/// Counts handshakes in progress, so that strangers cannot take up all of them.
final class Door: Sendable {
    /// Half-open connections at once.
    static let pendingMax = 256
    /// Half-open connections from one neighbourhood of global addresses: a /24 or a /48.
    static let pendingPerNeighbourhoodMax = 8

    private struct State {
        var total = 0
        var neighbourhoods: [[UInt8]: Int] = [:]
    }

    private let state = Lock(State())

    /// Counts a newcomer in; false when there are too many.
    func enter(_ endpoint: Endpoint) -> Bool {
        state.withLock { state in
            guard state.total < Self.pendingMax else { return false }
            if let name = Self.neighbourhood(endpoint) {
                let count = state.neighbourhoods[name] ?? 0
                guard count < Self.pendingPerNeighbourhoodMax else { return false }
                state.neighbourhoods[name] = count + 1
            }
            state.total += 1
            return true
        }
    }

    /// Counts one out whose handshake ended, well or not.
    func leave(_ endpoint: Endpoint) {
        state.withLock { state in
            state.total -= 1
            guard let name = Self.neighbourhood(endpoint) else { return }
            let count = (state.neighbourhoods[name] ?? 1) - 1
            state.neighbourhoods[name] = count == 0 ? nil : count
        }
    }

    private static func neighbourhood(_ endpoint: Endpoint) -> [UInt8]? {
        guard endpoint.reach == .global else { return nil }
        return Array(endpoint.bytes.prefix(endpoint.bytes.count == 4 ? 3 : 6))
    }
}
