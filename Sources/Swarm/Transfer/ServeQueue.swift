import Wire

/// Which peer is given the next group: deficit round robin over bytes (Shreedhar and Varghese,
/// 1996), so that one who asks for much does not keep the others waiting, within the limits of
/// the owner.
///
/// Groups that are being read and sent lie in buffers. While there are few, a peer has its share
/// of them; beyond that each has one, so that peers that do not read what they asked for stop
/// nobody but themselves.
public struct ServeQueue: Sendable {
    /// A peer that waits for groups.
    private struct Flow: Sendable {
        var waiting: [(request: GroupRequest, bytes: UInt64)] = []
        var sending = 0
        /// Bytes that were set aside for those that are being read and sent.
        var spent: [UInt64: UInt64] = [:]
        var deficit: UInt64 = 0
        var weight: UInt64
        var isLimited: Bool
        var budget: ByteBudget?
    }

    private var flows = OrderedTable<SessionNumber, Flow>()
    /// The session whose turn it is, or that comes next, and whether it was given its bytes.
    private var turn: SessionNumber = 0
    private var isCredited = false
    /// Groups that are being read and sent.
    private(set) var sending = 0
    private var limits = TransferLimits()
    private var budget: ByteBudget?

    /// Groups that are read and sent at a time while peers take them: what keeps disk, cipher and
    /// socket busy.
    public static let sendingMax = 16
    /// The same with the one that each peer may always have; the buffers of the data path.
    public static let sendingHardMax = 64
    /// Bytes that a peer of weight 1 is given in its turn.
    private static let quantum: UInt64 = 256 << 10

    /// Groups that wait.
    var waiting: Int { flows.values.reduce(0) { $0 + $1.waiting.count } }

    /// Takes the owner's limits in.
    mutating func take(_ limits: TransferLimits) {
        self.limits = limits
        budget = limits.upload.map { ByteBudget(bytesPerSecond: $0) }
        for session in flows.keys {
            _ = flows.change(session) { flow in
                flow.budget = limits.uploadPerPeer.map { ByteBudget(bytesPerSecond: $0) }
            }
        }
    }

    /// A peer asked for a group of so many bytes.
    mutating func add(
        _ request: GroupRequest, bytes: UInt64, for session: SessionNumber, weight: UInt64,
        isLimited: Bool
    ) {
        var flow =
            flows[session]
            ?? Flow(
                weight: weight, isLimited: isLimited,
                budget: limits.uploadPerPeer.map { ByteBudget(bytesPerSecond: $0) })
        flow.weight = max(1, weight)
        flow.isLimited = isLimited
        flow.waiting.append((request, bytes))
        flows[session] = flow
    }

    /// Drops a group that waits; false where it is being sent already, or is not known.
    mutating func drop(_ request: UInt64, for session: SessionNumber) -> Bool {
        guard let flow = flows[session],
            let index = flow.waiting.firstIndex(where: { $0.request.request == request })
        else { return false }
        _ = flows.change(session) { $0.waiting.remove(at: index) }
        return true
    }

    /// A group has left in so many bytes, or will not: what it took less of the owner's limits
    /// than was set aside for it is given back.
    mutating func left(
        _ request: UInt64, bytes: UInt64, for session: SessionNumber, at now: Moment
    ) {
        if let flow = flows[session], let spent = flow.spent[request] {
            let spared = spent - min(spent, bytes)
            if flow.isLimited { budget?.giveBack(spared, at: now) }
            _ = flows.change(session) { flow in
                flow.spent[request] = nil
                if flow.isLimited { flow.budget?.giveBack(spared, at: now) }
            }
        }
        sent(by: session)
    }

    /// A group has left, or will not.
    mutating func sent(by session: SessionNumber) {
        guard let known = flows[session], known.sending > 0 else { return }
        sending -= 1
        _ = flows.change(session) { $0.sending -= 1 }
        if let flow = flows[session], flow.waiting.isEmpty, flow.sending == 0, flow.budget == nil {
            flows[session] = nil
        }
    }

    /// A peer is gone: nothing of it waits or is being sent any more.
    mutating func end(_ session: SessionNumber) {
        guard let flow = flows[session] else { return }
        flows[session] = nil
        sending -= flow.sending
    }

    /// The next group to read and send; nil where all wait for buffers or for their budget.
    mutating func next(at now: Moment) -> (session: SessionNumber, request: GroupRequest)? {
        // As many rounds as a deficit needs to grow to a group.
        for _ in 0..<Self.roundsMax {
            let order =
                flows.entries.filter { $0.key >= turn } + flows.entries.filter { $0.key < turn }
            var isAnyReady = false
            for (session, flow) in order {
                guard let first = flow.waiting.first, mayServe(flow, at: now) else { continue }
                isAnyReady = true
                if session != turn || !isCredited {
                    _ = flows.change(session) { $0.deficit += Self.quantum * $0.weight }
                    (turn, isCredited) = (session, true)
                }
                if (flows[session]?.deficit ?? 0) >= first.bytes {
                    take(first.bytes, from: session, at: now)
                    return (session, first.request)
                }
                (turn, isCredited) = (session + 1, false)
            }
            if !isAnyReady { return nil }
        }
        return nil
    }

    /// Turns until a group of 1 MiB is covered by quanta of weight 1, and one more.
    private static let roundsMax = HashTree.groupBytes / Int(quantum) + 1

    private mutating func take(_ bytes: UInt64, from session: SessionNumber, at now: Moment) {
        let isLimited = flows[session]?.isLimited ?? false
        if isLimited { budget?.spend(bytes, at: now) }
        sending += 1
        _ = flows.change(session) { flow in
            let first = flow.waiting.removeFirst()
            flow.sending += 1
            flow.spent[first.request.request] = bytes
            flow.deficit = flow.waiting.isEmpty ? 0 : flow.deficit - bytes
            if isLimited { flow.budget?.spend(bytes, at: now) }
        }
    }

    private func mayServe(_ flow: Flow, at now: Moment) -> Bool {
        if flow.isLimited {
            guard budget?.isReady(at: now) != false, flow.budget?.isReady(at: now) != false
            else { return false }
        }
        let active = flows.values.count { !$0.waiting.isEmpty || $0.sending > 0 }
        let share = max(2, Self.sendingMax / max(1, active))
        if sending < Self.sendingMax { return flow.sending < share || active == 1 }
        return flow.sending == 0 && sending < Self.sendingHardMax
    }

    /// Monotonic nanoseconds when a limit lets something go that waits now; nil where none does.
    func readyAt(_ now: Moment) -> UInt64? {
        flows.values.compactMap { flow -> UInt64? in
            guard flow.isLimited, !flow.waiting.isEmpty else { return nil }
            let times = [budget?.readyAt(now), flow.budget?.readyAt(now)].compactMap { $0 }
            return times.max().flatMap { $0 > now.monotonic ? $0 : nil }
        }.min()
    }
}
