import Genome
import Store
import Swarm
import Wire

/// What the faces say of beacons on the local network.
extension Service {
    /// How finding nodes of the local network stands.
    static func lan(_ use: LanUse, _ beacons: LocalBeacons?) -> JSONValue {
        var object = JSONObject()
        object["on"] = .bool(use.lane != nil)
        object["why"] = use.why.map { .string($0) } ?? .null
        object["port"] = .integer(Int64(Beacon.port))
        object["interfaces"] = interfaces(beacons?.interfaces ?? [])
        let counters = beacons?.counters ?? LanCounters()
        func count(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
        object["sent"] = count(counters.sent)
        object["failed"] = count(counters.failed)
        object["answered"] = count(counters.answered)
        object["heard"] = count(counters.heard)
        object["dialled"] = count(counters.dialled)
        object["spared"] = count(counters.spared)
        var dropped = JSONObject()
        for reason in LanCounters.Drop.allCases {
            dropped[reason.rawValue] = count(counters.dropped[reason] ?? 0)
        }
        object["dropped"] = .object(dropped)
        object["lastError"] = (beacons?.lastFailure).map { .string($0) } ?? .null
        return .object(object)
    }

    /// Interfaces with the addresses that beacons leave from.
    static func interfaces(_ interfaces: [LanInterface]) -> JSONValue {
        .array(
            interfaces.map { interface in
                [
                    "name": .string(interface.name),
                    "address": .string(LanUse.host(interface.address)),
                ]
            })
    }

    /// Whether beacons leave, in words; nil where none should.
    static func lanCheck(_ use: LanUse, _ beacons: LocalBeacons?) -> LayerCheck? {
        let name = "local network"
        switch use {
        case .off: return nil
        case .failed(let why):
            return LayerCheck(
                name: name, isSound: false,
                detail: "no beacon can be sent: \(why); nodes near by are met by ticket only")
        case .on:
            guard let beacons else { return nil }
            let troubles = beacons.troubles.entries.map { "\($0.key): \($0.value)" }
            let reached = beacons.interfaces.filter { beacons.troubles[$0.label] == nil }
            if !reached.isEmpty {
                let fine = "beacons leave over " + reached.map(\.label).joined(separator: ", ")
                let rest = troubles.isEmpty ? "" : "; not over " + troubles.joined(separator: ", ")
                return LayerCheck(name: name, isSound: true, detail: fine + rest)
            }
            let why =
                troubles.isEmpty
                ? "no interface has a private address that peers reach this node at"
                : troubles.joined(separator: ", ")
            return LayerCheck(
                name: name, isSound: troubles.isEmpty,
                detail: "no beacon is sent: \(why); nodes near by are met by ticket")
        }
    }
}
