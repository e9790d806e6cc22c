import Genome
import Store
import Testing
import Wire

@testable import Node
@testable import Swarm

@Suite("What the faces say of the local network")
struct ServiceLanTests {
    private static let interface = LanInterface(
        number: 2, name: "eth0", address: Endpoint(bytes: [192, 168, 1, 5], port: 0)!,
        prefixBits: 24, reachesAll: true)

    private func beacons(_ interfaces: [LanInterface]) throws -> LocalBeacons {
        let identity = LocalBeacons.Identity(
            tag: try #require(BeaconTag(bytes: [UInt8](repeating: 1, count: 16))),
            network: BeaconNetwork(id: NetworkFile.standard.id),
            listener: try #require(Endpoint(bytes: [0, 0, 0, 0], port: 4747)))
        var beacons = LocalBeacons(identity, seed: 1)
        beacons.surveyed(interfaces, at: 1)
        return beacons
    }

    @Test func `a node that is off says why, and all counts are there`() {
        let said = Service.lan(.off(why: "it is so"), nil)
        #expect(said["on"]?.bool == false && said["why"]?.string == "it is so")
        #expect(said["dropped"]?.object?.names.count == LanCounters.Drop.allCases.count)
        #expect(said["lastError"]?.isNull == true && said["sent"]?.integer == 0)
        #expect(Service.lanCheck(.off(why: "it is so"), nil) == nil)
    }

    @Test func `a node that is on says over what, and what failed`() throws {
        let on = LanUse.on(try LanLane(port: 0))
        var beacons = try beacons([Self.interface])
        #expect(Service.lanCheck(on, beacons)?.detail == "beacons leave over eth0")
        _ = beacons.sent(over: Self.interface, failure: "Network is down")
        let said = Service.lan(on, beacons)
        #expect(said["interfaces"]?.array?.first?["address"]?.string == "192.168.1.5")
        #expect(said["lastError"]?.string == "eth0: Network is down")
        let check = try #require(Service.lanCheck(on, beacons))
        #expect(!check.isSound && check.detail.contains("eth0: Network is down"))
        let none = try #require(Service.lanCheck(on, try self.beacons([])))
        #expect(none.isSound && none.detail.contains("no interface has a private address"))
        let failed = try #require(Service.lanCheck(.failed(why: "taken"), nil))
        #expect(!failed.isSound && failed.detail.contains("taken"))
    }
}
