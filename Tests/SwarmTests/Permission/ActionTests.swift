import Testing

@testable import Swarm

@Suite struct ActionTests {
    @Test func `each is a handing over, a use, or neither`() {
        #expect(Action.allCases.count == 9)
        for action in Action.allCases {
            #expect(!(action.handsOver && action.isUse))
        }
        #expect(Action.allCases.filter { $0.command == nil } == [.announce, .publish])
    }
}
