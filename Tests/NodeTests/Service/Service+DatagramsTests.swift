import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("What the faces say of datagrams")
struct ServiceDatagramsTests {
    private let settings = Settings(
        node: NodeKey(bytes: [UInt8](repeating: 1, count: 32))!, label: "", endpoints: [],
        software: "", seed: 1)

    @Test func `a node without any says why, and all counts are there`() {
        let figures = Swarm(settings).datagramFigures
        let said = Service.datagrams(.off, figures)
        #expect(said["on"]?.bool == false && said["why"]?.string?.contains("--no-udp") == true)
        #expect(
            said["refused"]?.object?.names.count == DatagramCounters.Refusal.allCases.count + 2)
        #expect(said["strangers"]?["answeredBytes"]?.integer == 0)
        #expect(said["port"]?.isNull == true && said["live"]?.integer == 0)
        #expect(Service.datagramCheck(.off, figures) == nil)
        let failed = Service.datagramCheck(.failed(why: "taken"), figures)
        #expect(failed?.isSound == false && failed?.detail.contains("taken") == true)
    }

    @Test func `that none pass is said and is nothing to repair`() throws {
        let address = try #require(Address("127.0.0.1:0"))
        let use = DatagramUse.open(isWanted: true, bound: address, network: .standard)
        let figures = Swarm(settings).datagramFigures
        #expect(Service.datagrams(use, figures)["port"]?.integer == use.lane.map { Int64($0.port) })
        let check = try #require(Service.datagramCheck(use, figures))
        #expect(check.isSound && check.detail.contains("everything goes over TCP"))
    }
}
