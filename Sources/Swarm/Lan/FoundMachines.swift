import Wire

/// Machines of the local network that told of nodes, and when each place was answered and dialled.
/// Two generations, of which the older goes when the younger is full or old, so that a flood of
/// senders takes no more room than a crowded network does.
struct FoundMachines: Sendable {
    /// One node of a machine.
    struct Place: Equatable, Sendable {
        let port: UInt16
        var tag: BeaconTag
        var answered: UInt64?
        var dialled: UInt64?
        var notBefore: UInt64 = 0
        var pause = LanLimits.dialPauseMin

        /// Whether it is to be answered: it was not yet, or it started again since.
        func mustAnswer(_ tag: BeaconTag, at now: UInt64) -> Bool {
            guard let answered else { return true }
            return self.tag != tag && now >= answered + LanLimits.answerPause
        }

        mutating func noteAnswer(_ tag: BeaconTag, at now: UInt64) {
            (self.tag, answered) = (tag, now)
        }

        /// Whether it may be dialled now.
        func mayDial(at now: UInt64) -> Bool { now >= notBefore }

        mutating func noteDial(at now: UInt64) {
            if let dialled, now - dialled > LanLimits.dialMemory {
                pause = LanLimits.dialPauseMin
            }
            dialled = now
            notBefore = now + pause
            pause = min(pause * 2, LanLimits.dialPauseMax)
        }
    }

    private var young: [Endpoint: [Place]] = [:]
    private var old: [Endpoint: [Place]] = [:]
    private var begun: UInt64 = 0

    /// Machines that are remembered.
    var count: Int { young.count + old.count }

    /// Changes what is known of the node that listens at `endpoint`; nil when its machine has told
    /// of too many.
    mutating func change<Result>(
        _ endpoint: Endpoint, tag: BeaconTag, at now: UInt64, _ body: (inout Place) -> Result
    ) -> Result? {
        turn(at: now)
        let machine = endpoint.with(port: 0)
        var places = young[machine] ?? old.removeValue(forKey: machine) ?? []
        defer { young[machine] = places }
        if let index = places.firstIndex(where: { $0.port == endpoint.port }) {
            return body(&places[index])
        }
        guard places.count < LanLimits.portsPerMachineMax else { return nil }
        places.append(Place(port: endpoint.port, tag: tag))
        return body(&places[places.count - 1])
    }

    private mutating func turn(at now: UInt64) {
        guard young.count >= LanLimits.machinesMax || now >= begun + LanLimits.memory else {
            return
        }
        old = young
        young = [:]
        begun = now
    }
}
