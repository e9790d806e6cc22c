import Testing
import Wire

@Suite struct ReplayWindowTests {
    @Test func `each number is taken once, in any order`() {
        var window = ReplayWindow()
        for number: UInt64 in [5, 0, 4, 1_000, 3, 999, 2_000, 977] {
            #expect(window.isFresh(number))
            #expect(window.take(number) == true)
            #expect(!window.isFresh(number))
            #expect(window.take(number) == false)
        }
    }

    @Test func `what lies 1,024 behind is still taken, and no older`() {
        var window = ReplayWindow()
        #expect(window.take(5_000) == true)
        #expect(window.take(5_001 - ReplayWindow.size) == true)
        #expect(window.take(5_000 - ReplayWindow.size) == false)
        #expect(window.take(.max) == false, "nothing can come after it")
    }

    /// Against a set of all that was taken.
    @Test func `it says what a memory without end says`() {
        var state: UInt64 = 7
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        var window = ReplayWindow()
        var taken: Set<UInt64> = []
        var highest: UInt64 = 0
        for round in 0..<200_000 {
            let jump = round % 97 == 0 ? next() % 3_000 : next() % 3
            let number = next() % 4 == 0 ? highest + jump : highest - min(highest, next() % 1_500)
            let isOld = highest >= ReplayWindow.size && number <= highest - ReplayWindow.size
            let isNew = !taken.contains(number) && !isOld
            #expect(window.take(number) == isNew, "\(number) below \(highest)")
            if isNew { taken.insert(number) }
            highest = max(highest, isNew ? number : highest)
        }
    }
}
