import Testing
import Wire

@testable import Genome

@Suite("One way through what layers need")
struct DependencyStateTests {
    private let world = DependencyUniverse([
        ("app", "1.0.0", ["requires a *"]), ("a", "1.0.0", ["conflicts b *"]), ("a", "2.0.0", []),
        ("b", "1.0.0", ["suggests a *"]), ("c", "1.0.0", ["conflicts a *"]),
    ])

    private func take(_ indices: [Int], _ state: inout DependencyState) -> [Bool] {
        indices.map {
            state.take($0, world.candidates[$0], among: world.candidates, without: [])
        }
    }

    @Test func `takes one version of a layer and nothing that conflicts, whoever says so`() {
        var one = DependencyState()
        #expect(take([0, 1, 2, 3], &one) == [true, true, false, false])
        var other = DependencyState()
        #expect(take([0, 2, 3, 4], &other) == [true, true, true, false])
        #expect(other.version(at: world.candidates[2].place) == 2)
        #expect(other.version(at: world.candidates[4].place) == 4 || other.taken.count >= 3)
        // What is only suggested is no demand.
        #expect(other.demands.map(\.by) == [0])
    }

    @Test func `shows the circle that a step would close, and keeps out of it`() {
        var state = DependencyState()
        #expect(state.connect(1, to: 2) == nil && state.connect(2, to: 3) == nil)
        #expect(state.connect(3, to: 1) == [1, 2, 3, 1])
        #expect(state.edges[3] == nil)
        #expect(state.connect(1, to: 1) == [1, 1])
    }

    @Test func `orders each layer behind what it leads to`() {
        var state = DependencyState()
        _ = take([0, 2, 3], &state)
        for (from, to) in [(0, 3), (3, 2), (0, 2)] { _ = state.connect(from, to: to) }
        #expect(state.order == [2, 3])
        #expect(DependencyState().order.isEmpty)
    }
}
