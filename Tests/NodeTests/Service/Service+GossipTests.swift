import Genome
import Store
import Testing
import Wire

@testable import Node
@testable import Swarm

@Suite("What the faces say of the network")
struct ServiceGossipTests {
    private func core() -> Swarm {
        let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))
        guard let key else { preconditionFailure("32 bytes make a key") }
        return Swarm(
            Settings(
                node: key.publicKey, label: "", endpoints: [], software: "", seed: 1))
    }

    @Test func `every figure is there from the start`() {
        let said = Service.network(core(), door: Door())
        for name in ["neighbours", "callers", "news", "lagSeconds", "records", "comparisons"] {
            #expect(said[name]?.object?.isEmpty == false, "\(name)")
        }
        #expect(said["clockAheadMilliseconds"]?.isNull == true)
        #expect(said["lagSeconds"]?["more"]?.integer == 0)
        #expect(Service.circles(core()) == .array([]), "this node is in no circle")
    }

    @Test func `a node that is alone says why, in words that help`() throws {
        var core = core()
        let alone = Service.networkChecks(core)
        #expect(alone.count == 1 && alone[0].isSound)
        #expect(alone[0].detail.contains("plasmid join TICKET"))
        let peer = try #require(SigningKey(seed: [UInt8](repeating: 9, count: 32))).publicKey
        let place = try #require(Endpoint(bytes: [10, 1, 2, 3], port: 4747))
        let moment = Moment(monotonic: 1, wall: 1_800_000_000_000)
        let effects = core.handle(.join(endpoints: [place], key: peer), at: moment)
        for effect in effects {
            guard case .dial(let dial, _, _) = effect else { continue }
            _ = core.handle(.dialFailed(dial: dial, reason: "connection refused"), at: moment)
        }
        let cut = try #require(Service.networkChecks(core).first)
        #expect(!cut.isSound)
        #expect(cut.detail.contains("10.1.2.3:4747: connection refused"))
        #expect(cut.detail.contains("firewall"))
    }
}
