import Testing

@testable import Genome

@Suite("A search for what layers need")
struct DependencySearchTests {
    private let world = DependencyUniverse([
        ("app", "1.0.0", ["requires a *", "requires b *"]), ("a", "2.0.0", ["requires c ^2.0.0"]),
        ("a", "1.0.0", ["requires c ^1.0.0"]), ("b", "1.0.0", ["requires c ^1.0.0"]),
        ("c", "1.0.0", []), ("c", "2.0.0", []),
    ])

    private func search(steps: Int = 100) -> DependencySearch {
        DependencySearch(
            resolver: DependencyResolver(world.root, candidates: world.candidates), stepsMax: steps)
    }

    @Test func `goes back where the first choice leads nowhere, and counts its steps`() {
        var search = search()
        guard case .found(let state) = search.run(ignoring: []) else {
            Issue.record("nothing was found")
            return
        }
        let titles = state.taken.map { search.resolver.candidate($0).title }
        #expect(Set(titles) == ["app@1.0.0", "a@1.0.0", "b@1.0.0", "c@1.0.0"])
        #expect(search.steps > 4 && search.cycle == nil)
    }

    @Test func `ends at its limit`() {
        var search = search(steps: 3)
        guard case .tooManySteps = search.run(ignoring: []) else {
            Issue.record("it had no limit")
            return
        }
        #expect(search.steps == 3)
    }

    @Test func `leaves out the demands it is told to`() {
        var search = search()
        // The root's own: nothing is needed then.
        let own = [0, 1].map { DependencyClause(candidate: 0, number: $0) }
        guard case .found(let state) = search.run(ignoring: Set(own)) else {
            Issue.record("nothing was found")
            return
        }
        #expect(state.taken == [0] && search.steps == 0)
    }
}
