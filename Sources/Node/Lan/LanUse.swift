import Host
import Swarm
import Wire

/// Whether a running node sends beacons and hears those of others, and why not.
enum LanUse: Sendable {
    /// It does, by this lane.
    case on(LanLane)
    /// The owner does not want it, or it would be of no use.
    case off(why: String)
    /// It should and cannot.
    case failed(why: String)

    /// Opens the sockets where the owner wants it and peers can reach what is bound. That they
    /// cannot be had is no reason not to run.
    static func open(isWanted: Bool, bound: Address, port: UInt16 = Beacon.port) -> LanUse {
        guard isWanted else { return .off(why: "the owner switched it off (--no-lan)") }
        guard Endpoint(bound)?.reach != .loopback || bound.isUnspecified else {
            return .off(why: "this node listens on loopback only")
        }
        do throws(SystemError) {
            return .on(try LanLane(port: port))
        } catch {
            return .failed(why: words(error))
        }
    }

    /// Why a socket could not be had.
    static func words(_ error: SystemError) -> String {
        guard error.isAddressInUse else { return "\(error)" }
        return "another program has the UDP port and does not share it (\(error))"
    }

    /// The lane, where there is one.
    var lane: LanLane? {
        if case .on(let lane) = self { return lane }
        return nil
    }

    /// Why there is none.
    var why: String? {
        switch self {
        case .on: nil
        case .off(let why), .failed(let why): why
        }
    }

    /// The addresses that beacons of a node bound to `bound` leave from now.
    static func interfaces(of bound: Address) -> [LanInterface] {
        guard let listener = Endpoint(bound) else { return [] }
        return Interfaces.entries().compactMap { LanInterface($0) }
            .filter { $0.carriesBeacons(of: listener) }
    }

    /// What beacons of this run say.
    static func identity(_ network: NetworkFile, bound: Address) -> LocalBeacons.Identity? {
        guard let tag = BeaconTag(bytes: Sodium.random(count: BeaconTag.byteCount)),
            let listener = Endpoint(bound), bound.port != 0
        else { return nil }
        return LocalBeacons.Identity(
            tag: tag, network: BeaconNetwork(id: network.id, swarmKey: network.swarmKey),
            listener: listener)
    }

    /// What leaves this machine unasked on the local network, for the owner of the node.
    func words(_ interfaces: [LanInterface]) -> String {
        switch self {
        case .off(let why): return "no beacon on the local network: \(why)."
        case .failed(let why): return "no beacon on the local network, though it should: \(why)."
        case .on where interfaces.isEmpty:
            return "beacons on the local network (UDP \(Beacon.port)) once an interface has a "
                + "private address; now none has (--no-lan: never)."
        case .on:
            return "beacons on the local network (UDP \(Beacon.port), --no-lan stops them) over "
                + interfaces.map { Self.words($0) }.joined(separator: ", ") + "."
        }
    }

    /// For example `eth0 (192.168.1.5)`.
    static func words(_ interface: LanInterface) -> String {
        "\(interface.name) (\(host(interface.address)))"
    }

    /// The address without its port.
    static func host(_ endpoint: Endpoint) -> String {
        let text = Address(endpoint).flatMap { Address.split($0.description)?.host } ?? ""
        return text.split(separator: "%").first.map { String($0) } ?? ""
    }
}
