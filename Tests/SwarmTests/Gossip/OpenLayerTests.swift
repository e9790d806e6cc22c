import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct OpenLayerTests {
    @Test func `a public layer is open, and no other`() throws {
        let sample = try Sample(by: 1, name: "open")
        #expect(OpenLayer(sample.held)?.id == sample.id)
        for visibility in [Visibility.organization, .whitelist, .private] {
            var held = sample.held
            held.policy.visibility = visibility
            #expect(OpenLayer(held) == nil)
        }
    }

    @Test func `holdings hold what is open`() throws {
        let sample = try Sample(by: 1, name: "open")
        let open = try #require(OpenLayer(sample.held))
        #expect(OpenLayer.holdings([open]).map { $0.contains(sample.id) } == [true])
        #expect(OpenLayer.holdings([]).isEmpty)
    }
}
