import Genome
import Wire

/// What an owner does with fetches that are under way, and with how much of the line they use.
extension Swarm {
    mutating func changeFetch(_ number: FetchNumber, _ change: FetchChange) {
        guard fetches[number] != nil else { return }
        _ = fetches.change(number) { fetch in
            switch change {
            case .pause: fetch.status.isPaused = true
            case .resume:
                fetch.status.isPaused = false
                fetch.progressed = now.monotonic
            case .prioritize(let priority): fetch.status.priority = priority
            }
        }
        report(number)
        advance(number)
    }

    mutating func take(_ limits: TransferLimits) {
        self.limits = limits
        serving.take(limits)
        serveNext()
        downloadBudget = limits.download.map { ByteBudget(bytesPerSecond: $0) }
        for number in fetches.keys { advance(number) }
    }

    /// What keeps a fetch that is transferring from going faster; nil for others.
    func slowness(of fetch: Fetch) -> FetchSlowness? {
        guard fetch.status.phase == .transferring, !fetch.isPaused, fetch.status.pause == nil,
            !fetch.open.isEmpty
        else { return nil }
        let holders = candidates(fetch).compactMap { number in
            sessions[number].map { (number, $0) }
        }
        guard !holders.isEmpty else { return nil }
        let limited = holders.filter { isLimited($0.1.facts.endpoint) }
        if limited.count == holders.count, downloadBudget?.isReady(at: now) == false {
            return .limit
        }
        if holders.allSatisfy({ $0.1.busyUntil > now.monotonic }) { return .busy }
        if holders.allSatisfy({ isLate($0.0) }) { return .late }
        return .line
    }

    /// Whether the limits hold for a peer at an address.
    func isLimited(_ endpoint: Endpoint) -> Bool { limits.hold(for: endpoint) }
}
