import Host
import Swarm
import Wire

/// Whether a running node uses datagrams beside TCP, and why not.
enum DatagramUse: Sendable {
    /// It does, by this lane.
    case on(DatagramLane)
    /// The owner does not want it.
    case off
    /// It should and cannot.
    case failed(why: String)

    /// Opens the sockets where the owner wants it. That they cannot be had is no reason not to run:
    /// everything goes over TCP.
    static func open(isWanted: Bool, bound: Address, network: NetworkFile) -> DatagramUse {
        guard isWanted else { return .off }
        do throws(SystemError) {
            return .on(
                try DatagramLane(
                    bound: bound,
                    network: BeaconNetwork(id: network.id, swarmKey: network.swarmKey)))
        } catch {
            return .failed(why: "\(error)")
        }
    }

    /// The lane, where there is one.
    var lane: DatagramLane? {
        if case .on(let lane) = self { return lane }
        return nil
    }

    /// Why there is none.
    var why: String? {
        switch self {
        case .on: nil
        case .off: "the owner switched it off (--no-udp)"
        case .failed(let why): why
        }
    }

    /// What of it leaves this machine, for the owner of the node.
    var words: String {
        switch self {
        case .on(let lane):
            "pings and names of news among neighbours by datagrams (UDP \(lane.port), --no-udp "
                + "stops them), over TCP where those do not pass;"
        case .off, .failed: "no datagrams to other nodes, all goes over TCP: \(why ?? "");"
        }
    }
}
