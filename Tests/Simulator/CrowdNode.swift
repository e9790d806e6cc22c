import Swarm
import Wire

/// One node of a crowd.
package struct CrowdNode {
    /// What it does with what it hears.
    package enum Behaviour: Sendable {
        /// What the core says.
        case honest
        /// It takes part in everything and passes no news on.
        case silent
    }

    /// Its key and where it listens.
    package let address: PeerAddress
    /// Its region in the landscape.
    let region: Int
    /// What it does.
    package let behaviour: Behaviour
    /// Whether it passes no news on.
    var isMute: Bool
    /// The shipping core.
    package var core: Neighbourhood
    /// Addresses that its owner gave.
    var known: [PeerAddress] = []
    /// Whether its machine runs.
    package var isUp = true
    /// Until when it stands still.
    var pausedUntil: UInt64 = 0
    /// Its open sessions.
    var links: [SessionNumber] = []
    /// Wakes that are planned, and when the first is.
    var wakes = 0
    var nextWake: UInt64 = 0
    /// Links of neighbours that it suspected and took for dead, and when.
    package var suspected: [(link: SessionNumber, time: UInt64)] = []
    package var dropped: [(link: SessionNumber, time: UInt64)] = []

    init(address: PeerAddress, region: Int, behaviour: Behaviour, seed: UInt64) {
        self.address = address
        self.region = region
        self.behaviour = behaviour
        isMute = behaviour == .silent
        core = Neighbourhood(own: address, seed: seed)
    }
}

/// What went over the links of a crowd.
package struct CrowdTraffic: Sendable {
    /// Messages, pings among them.
    package var messages: UInt64 = 0
    /// Bytes, with the overhead of each message.
    package var bytes: UInt64 = 0
    /// Whole records, each sending of each.
    package var records: UInt64 = 0
    /// Messages that the network lost, and those that it bent.
    package var lost: UInt64 = 0
    package var flipped: UInt64 = 0
    /// Sessions asked for.
    package var dials: UInt64 = 0
}
