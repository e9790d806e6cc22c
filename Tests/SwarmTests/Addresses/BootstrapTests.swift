import Testing
import Wire

@testable import Swarm

/// Nodes that the owner's lists name.
@Suite struct BootstrapTests {
    private let signer = Driver.key(50).publicKey

    private func peers(_ count: Int, groups: Int = 5) -> [PeerAddress] {
        (0..<count).map { index in
            PeerAddress(
                key: Driver.key(UInt8(100 + index)).publicKey,
                endpoints: [
                    Driver.address(UInt8(index + 1), [UInt8(20 + index % groups), 1, 1])
                ])
        }
    }

    @Test func `fill the book and are called at once by a node that knows nobody`() {
        var driver = Driver()
        let listed = peers(10)
        driver.feed(.bootstrap(listed, by: signer))
        #expect(driver.core.addresses.count == 10)
        let dials = driver.pass(2 * Span.second).dials
        #expect(!dials.isEmpty && dials.count <= NeighbourLimits.outboundWanted + 4)
        let called = Set(dials.compactMap(\.key))
        #expect(called.isSubset(of: listed.map(\.key)))
        let groups = Set(dials.map { $0.endpoints[0].bytes[0] })
        #expect(groups.count >= 4)
    }

    @Test func `are called again with longer pauses while nobody answers`() {
        var driver = Driver()
        driver.feed(.bootstrap(peers(3), by: signer))
        var count = 0
        for _ in 0..<600 {
            for dial in driver.pass(Span.second).dials {
                count += 1
                driver.feed(.dialFailed(dial: dial.dial, reason: "nobody answers"))
            }
        }
        #expect(count > 6 && count < 200, "\(count)")
    }

    @Test func `are left alone while somebody else is met`() {
        var driver = Driver()
        driver.open(1, 2)
        driver.core.bootstrapping.lists[signer] = peers(3)
        #expect(driver.pass(10 * Span.minute).dials.isEmpty)
    }

    @Test func `give way to a later list of the same signer, and are bounded`() {
        var driver = Driver()
        driver.feed(.bootstrap(peers(10), by: signer))
        driver.feed(.bootstrap(Array(peers(10).suffix(2)), by: signer))
        #expect(driver.core.bootstrapping.lists[signer]?.count == 2)
        for seed in UInt8(60)..<80 {
            driver.feed(.bootstrap(peers(1), by: Driver.key(seed).publicKey))
        }
        #expect(driver.core.bootstrapping.lists.count == AddressLimits.bootstrapListsMax)
    }
}
