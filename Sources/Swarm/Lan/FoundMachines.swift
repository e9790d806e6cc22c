import Wire

/// Machines of the local network that told of nodes, and when each place was answered and dialled.
/// Two generations, of which the older goes when the younger is full or old, so that a flood of
/// senders takes no more room than a crowded network does.
struct FoundMachines: Sendable {
    /// One node of a machine, in one run.
    struct Place: Equatable, Sendable {
        let port: UInt16
        let tag: BeaconTag
        var isAnswered = false
        private(set) var dialled: UInt64?
        private var notBefore: UInt64 = 0
        private var pause = LanLimits.dialPauseMin

        init(port: UInt16, tag: BeaconTag) {
            self.port = port
            self.tag = tag
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

    private struct Machine: Sendable {
        var places: [Place] = []
        /// Monotonic nanoseconds before which no new tag counts as a new run.
        var settledUntil: UInt64 = 0
    }

    private var young: [Endpoint: Machine] = [:]
    private var old: [Endpoint: Machine] = [:]
    private var begun: UInt64 = 0

    /// Machines that are remembered.
    var count: Int { young.count + old.count }

    /// Changes what is known of the node that listens at `endpoint`; nil when its machine has told
    /// of too many. Another tag than before means that a node was started anew there: nothing that
    /// came of the one before holds. One machine may say so now and then only.
    mutating func change<Result>(
        _ endpoint: Endpoint, tag: BeaconTag, at now: UInt64, _ body: (inout Place) -> Result
    ) -> Result? {
        turn(at: now)
        let name = endpoint.with(port: 0)
        var machine = young[name] ?? old.removeValue(forKey: name) ?? Machine()
        defer { young[name] = machine }
        guard let index = machine.places.firstIndex(where: { $0.port == endpoint.port }) else {
            guard machine.places.count < LanLimits.portsPerMachineMax else { return nil }
            machine.places.append(Place(port: endpoint.port, tag: tag))
            return body(&machine.places[machine.places.count - 1])
        }
        if machine.places[index].tag != tag, now >= machine.settledUntil {
            machine.places[index] = Place(port: endpoint.port, tag: tag)
            machine.settledUntil = now + LanLimits.restartPause
        }
        return body(&machine.places[index])
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
