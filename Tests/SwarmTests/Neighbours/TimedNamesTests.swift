import Testing
import Wire

@testable import Swarm

@Suite struct TimedNamesTests {
    @Test func `names come in the order of their times, and none too early`() {
        var names = TimedNames()
        let all = (UInt8(0)..<200).map { NewsName(of: [$0]) }
        for (index, name) in all.enumerated() { names.append(name, due: UInt64(index)) }
        #expect(names.first == 0 && names.count == 200)
        var taken: [NewsName] = []
        while let name = names.removeFirst(before: 149) { taken.append(name) }
        #expect(taken == Array(all.prefix(150)))
        #expect(names.first == 150 && names.count == 50)
        while let name = names.removeFirst() { taken.append(name) }
        #expect(taken == all && names.first == nil)
    }
}
