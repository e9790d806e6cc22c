import Testing
import Wire

@testable import Swarm

@Suite struct FeelerTests {
    private func town() throws -> Town {
        var town = Town()
        try town.hearOfAll()
        town.pass(seconds: 30)
        #expect(town.chosen.count == NeighbourLimits.outboundWanted)
        return town
    }

    @Test func `one call in two minutes to an address that nobody tried, which is tried then`()
        throws
    {
        var town = try town()
        let before = town.dialled.count
        let tried = town.driver.core.addresses.count(in: .tried)
        town.pass(seconds: 1200)
        let feelers = Set(town.dialled.dropFirst(before))
        #expect((6...15).contains(feelers.count))
        #expect(town.driver.core.addresses.count(in: .tried) >= tried + 5)
        #expect(town.chosen.count == NeighbourLimits.outboundWanted)
    }

    @Test func `compares catalogues, and ends when they agree`() throws {
        var town = try town()
        var feeler: SessionNumber?
        for _ in 0..<300 where feeler == nil {
            town.pass(seconds: 1)
            feeler = town.driver.core.feeling.call?.session
        }
        let number = try #require(feeler)
        #expect(town.driver.core.sessions[number]?.reconciliation == .awaitingSketch(count: 192))
        town.pass(seconds: 5)
        #expect(town.driver.core.sessions[number] != nil, "the comparison goes on")
        let salt = try #require(SketchSalt(bytes: [UInt8](repeating: 1, count: 16)))
        var sketch = SetSketch(salt)
        sketch.add(5)
        let question = SketchRequest(count: SwarmLimits.symbolsFirst)
        town.react(town.driver.hear(number, .sketch(sketch.answer(question))))
        let difference = SetSketch.Difference(theirs: [], ours: [])
        let found = SketchComparison(gap: 0, difference: difference)
        town.react(town.driver.feed(.sketchCompared(number, found)))
        town.pass(seconds: 1)
        #expect(town.driver.core.sessions[number] != nil, "the other side may not be done")
        town.pass(seconds: 3)
        #expect(town.driver.core.sessions[number] == nil)
        #expect(town.closed.last?.reason.contains("agree") == true)
    }

    @Test func `a feeler whose comparison never ends does not stay`() throws {
        var town = try town()
        town.pass(seconds: 1800)
        let others = town.driver.core.sessions.values.filter { !$0.isNeighbour }
        #expect(others.count <= 1)
    }

    @Test func `nobody is felt for while neighbours are lacking`() throws {
        var town = Town()
        town.inhabitants = 20...22
        try town.hearOfAll()
        town.pass(seconds: 1200)
        #expect(town.chosen.count == 3 && Set(town.dialled).count == 3)
        #expect(town.driver.core.feeling.call == nil)
    }

    @Test func `an address at which nobody answers stays new, and is told apart`() throws {
        var town = try town()
        let known = Set(town.driver.core.addresses.entries.map(\.key))
        town.inhabitants = 20...21
        town.pass(seconds: 2400)
        let failed = town.driver.core.addresses.entries.filter { $0.failures > 0 }
        #expect(!failed.isEmpty && failed.allSatisfy { known.contains($0.key) })
    }
}
