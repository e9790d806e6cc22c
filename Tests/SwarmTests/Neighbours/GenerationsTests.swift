import Testing
import Wire

@testable import Swarm

@Suite struct GenerationsTests {
    private func name(_ number: UInt64) -> NewsName {
        NewsName(of: (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    }

    @Test func `keeps the last names, forgets old ones, and takes each once`() {
        var set = Generations(limit: 100)
        for number in UInt64(0)..<1000 {
            let isNew = set.insert(name(number))
            let isNewAgain = set.insert(name(number))
            #expect(isNew && !isNewAgain)
        }
        #expect((900..<1000).allSatisfy { set.contains(name($0)) })
        #expect(!set.contains(name(700)))
        #expect((0..<1000).count { set.contains(name($0)) } <= 200)
    }

    @Test func `what was removed may come again`() {
        var set = Generations(limit: 2)
        for number in UInt64(0)..<3 { _ = set.insert(name(number)) }
        set.remove(name(0))
        set.remove(name(2))
        let isNew = set.insert(name(2))
        #expect(!set.contains(name(0)) && set.contains(name(1)) && isNew)
    }
}
